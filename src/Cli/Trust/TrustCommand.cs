using System.CommandLine;

namespace Yunnao.Cli.Trust;

/// <summary><c>yunnao trust explain | glass | keys | consent</c>.</summary>
internal static class TrustCommand
{
    public static Command Create(Terminal terminal) =>
        new("trust", terminal.Text["trust"]) { ExplainCommand.Create(terminal), GlassCommand.Create(terminal), KeysCommand.Create(terminal), ConsentCommand.Create(terminal) };
}
