using System.CommandLine;

namespace Yunnao.Cli;

/// <summary>Where the platform keeps its data: <c>--data</c>, else YUNNAO_DATA, else the folder <c>yunnao-data</c> here.</summary>
internal static class DataFolder
{
    public static string Of(ParseResult parsed, Terminal terminal) =>
        Path.GetFullPath(parsed.GetValue<string?>("--data") ?? terminal.Variable("YUNNAO_DATA") ?? "yunnao-data");
}
