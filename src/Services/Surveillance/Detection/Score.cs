namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// What a detector says of one point of a series.
/// </summary>
/// <param name="Index">Zero-based position in the series.</param>
/// <param name="Observed">The count scored; NaN where the series has a gap (a gap never alarms).</param>
/// <param name="Expected">The count that the baseline leads one to expect, or NaN.</param>
/// <param name="Upper">
/// The threshold in counts; NaN where the baseline is too short or too empty to say anything (such a point never alarms).
/// </param>
/// <param name="Alarm">Whether the method raises an alarm here.</param>
/// <param name="Statistic">The method's own statistic where it has one (chart value, likelihood ratio, exceedance), else NaN.</param>
public readonly record struct Score(int Index, double Observed, double Expected, double Upper, bool Alarm, double Statistic)
{
    /// <summary>A point about which the method can say nothing.</summary>
    internal static Score Unknown(int index, double observed) => new(index, observed, double.NaN, double.NaN, false, double.NaN);

    /// <summary>
    /// Farrington's exceedance score (observed − expected) / (upper − expected): above one is an alarm, and larger is more
    /// unusual, whatever the method; NaN where there is no threshold above the expected count.
    /// </summary>
    public double Exceedance => Upper > Expected ? (Observed - Expected) / (Upper - Expected) : double.NaN;
}
