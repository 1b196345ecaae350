namespace Yunnao.Synthetic.Institutions;

/// <param name="DirtyRate">Share of rows that are spoiled or sent twice.</param>
/// <param name="CorrectionRate">Share of rows that are sent again later, corrected.</param>
internal sealed record DeskOptions(ulong Seed, double DirtyRate, double CorrectionRate);
