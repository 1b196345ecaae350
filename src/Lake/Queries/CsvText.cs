using Yunnao.Kernel;

namespace Yunnao.Lake.Queries;

/// <summary>Cells of CSV files (RFC 4180): a missing value is an empty cell, an empty text a quoted one.</summary>
public static class CsvText
{
    public static string Cell(string? value) => value switch
    {
        null => "",
        "" => "\"\"",
        _ when CsvCell.NeedsQuotes(value) || value[0] == ' ' || value[^1] == ' ' => CsvCell.Quoted(value),
        _ => value,
    };
}
