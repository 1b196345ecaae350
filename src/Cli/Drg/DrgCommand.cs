using System.CommandLine;

namespace Yunnao.Cli.Drg;

/// <summary><c>yunnao drg import | group</c>.</summary>
internal static class DrgCommand
{
    public static Command Create(Terminal terminal) => new("drg", terminal.Text["drg"]) { ImportRulesCommand.Create(terminal), GroupCommand.Create(terminal) };
}
