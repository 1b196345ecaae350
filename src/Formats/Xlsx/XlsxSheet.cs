namespace Yunnao.Formats.Xlsx;

/// <summary>A sheet to be written: a header line, then rows of as many cells.</summary>
public sealed record XlsxSheet(string Name, IReadOnlyList<XlsxColumn> Columns, IEnumerable<IReadOnlyList<string>> Rows);
