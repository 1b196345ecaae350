using System.CommandLine;

namespace Yunnao.Cli.Map;

/// <summary><c>yunnao map infer | test</c>.</summary>
internal static class MapCommand
{
    public static Command Create(Terminal terminal) =>
        new("map", terminal.Text["map"]) { InferCommand.Create(terminal), TestCommand.Create(terminal) };
}
