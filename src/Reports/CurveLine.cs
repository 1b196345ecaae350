namespace Yunnao.Reports;

/// <summary>One thing in a picture. NaN values leave a hole.</summary>
/// <param name="Label">For the legend.</param>
/// <param name="Values">One a day; of a band its lower edge.</param>
/// <param name="Upper">Upper edge of a band, else null.</param>
public sealed record CurveLine(string Label, CurveStyle Style, IReadOnlyList<DateOnly> Days, IReadOnlyList<double> Values, IReadOnlyList<double>? Upper = null);
