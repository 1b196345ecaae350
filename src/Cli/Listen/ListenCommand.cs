using System.CommandLine;

namespace Yunnao.Cli.Listen;

/// <summary><c>yunnao listen mllp</c>.</summary>
internal static class ListenCommand
{
    public static Command Create(Terminal terminal) => new("listen", terminal.Text["listen"]) { MllpCommand.Create(terminal) };
}
