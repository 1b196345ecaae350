using System.CommandLine;

namespace Yunnao.Cli.Quality;

/// <summary><c>yunnao quality</c>: how good what was sent is.</summary>
internal static class QualityCommand
{
    public static Command Create(Terminal terminal) => new("quality", terminal.Text["quality"]) { ReportCommand.Create(terminal) };
}
