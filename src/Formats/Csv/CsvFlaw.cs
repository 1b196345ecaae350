namespace Yunnao.Formats.Csv;

/// <summary>What is wrong with the form of a record of a CSV text (RFC 4180, section 2), apart from the number of its fields.</summary>
public enum CsvFlaw
{
    None,

    /// <summary>Text follows the closing quote of a field: a quote inside it is not doubled, or one is not closed.</summary>
    Quote,

    /// <summary>A line end of another kind than the file's is inside a field that is not quoted.</summary>
    LineEnd,
}
