namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Farrington"/>; the defaults are the paper's.</summary>
public sealed record FarringtonOptions
{
    /// <summary>Earlier years in the baseline, b; a trend needs at least 3.</summary>
    public int Years { get; init; } = 5;

    /// <summary>Weeks on each side of the same week of an earlier year, w.</summary>
    public int HalfWindow { get; init; } = 3;

    /// <summary>Level of the two-sided prediction interval whose upper end is the threshold.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Level at which a trend counts as significant.</summary>
    public double TrendThreshold { get; init; } = 0.05;

    /// <summary>Whether baseline weeks with large residuals (earlier outbreaks) are down-weighted.</summary>
    public bool Reweight { get; init; } = true;

    /// <summary>An alarm needs at least this many cases in the last <see cref="CasePoints"/> points.</summary>
    public double MinimumCases { get; init; } = 5;

    /// <summary>Points, the scored one included, in which <see cref="MinimumCases"/> are counted.</summary>
    public int CasePoints { get; init; } = 4;

    /// <summary>How earlier years are found.</summary>
    public Calendar Calendar { get; init; } = Calendar.Weeks;
}
