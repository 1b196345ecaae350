namespace Yunnao.Reports;

/// <summary>A report in one language, without a form yet.</summary>
/// <param name="Language">BCP 47 tag.</param>
public sealed record ReportDocument(string Language, string Title, string Subtitle, IReadOnlyList<ReportBlock> Blocks);
