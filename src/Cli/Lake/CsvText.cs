using System.Buffers;

namespace Yunnao.Cli.Lake;

/// <summary>Cells of CSV files (RFC 4180): a missing value is an empty cell, an empty text a quoted one.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n");

    public static string Cell(string? value) => value switch
    {
        null => "",
        "" => "\"\"",
        _ when value.AsSpan().ContainsAny(s_special) || value[0] == ' ' || value[^1] == ' ' => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => value,
    };
}
