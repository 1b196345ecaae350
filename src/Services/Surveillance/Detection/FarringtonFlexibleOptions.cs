namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="FarringtonFlexible"/>; the defaults are the paper's.</summary>
public sealed record FarringtonFlexibleOptions
{
    /// <summary>Earlier years in the baseline, b; a trend needs at least 3.</summary>
    public int Years { get; init; } = 5;

    /// <summary>Weeks on each side of the scored week's season that form the reference period, w.</summary>
    public int HalfWindow { get; init; } = 3;

    /// <summary>Periods that a year is cut into; 1 leaves season out.</summary>
    public int Periods { get; init; } = 10;

    /// <summary>Most recent points left out of the baseline, so that a running outbreak does not raise it.</summary>
    public int PointsNotIncluded { get; init; } = 26;

    /// <summary>One-sided chance of a false alarm.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Level at which a trend counts as significant; 1 keeps it always.</summary>
    public double TrendThreshold { get; init; } = 1;

    /// <summary>Anscombe residual above which a baseline point is down-weighted.</summary>
    public double WeightsThreshold { get; init; } = 2.58;

    /// <summary>Whether baseline points with large residuals are down-weighted.</summary>
    public bool Reweight { get; init; } = true;

    /// <summary>A threshold is given only with at least this many cases in the last <see cref="CasePoints"/> points.</summary>
    public double MinimumCases { get; init; } = 5;

    /// <summary>Points, the scored one included, in which <see cref="MinimumCases"/> are counted.</summary>
    public int CasePoints { get; init; } = 4;

    /// <summary>How earlier years are found.</summary>
    public Calendar Calendar { get; init; } = Calendar.Weeks;
}
