namespace Yunnao.Reports;

/// <summary>A part of a report: exactly one of heading, paragraph, table and picture.</summary>
public sealed record ReportBlock
{
    private ReportBlock()
    {
    }

    public string? Heading { get; private init; }

    public string? Paragraph { get; private init; }

    public ReportTable? Table { get; private init; }

    public Curve? Picture { get; private init; }

    public static ReportBlock Head(string text) => new() { Heading = text };

    public static ReportBlock Text(string text) => new() { Paragraph = text };

    public static ReportBlock Of(ReportTable table) => new() { Table = table };

    public static ReportBlock Of(Curve picture) => new() { Picture = picture };
}
