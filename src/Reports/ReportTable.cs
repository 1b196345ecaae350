namespace Yunnao.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Widths">Share of the width of each column, in any scale.</param>
public sealed record ReportTable(IReadOnlyList<string> Headers, IReadOnlyList<double> Widths, IReadOnlyList<IReadOnlyList<string>> Rows);
