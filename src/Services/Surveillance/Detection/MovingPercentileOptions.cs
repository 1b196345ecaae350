namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="MovingPercentile"/>; the defaults are those of CIDARS for daily counts.</summary>
public sealed record MovingPercentileOptions
{
    /// <summary>
    /// The percentile that the current count must reach, as a share: CIDARS uses 0.5 for bacillary dysentery, 0.6 for other
    /// infectious diarrhoea and mumps, 0.7 for hepatitis A, influenza and rubella, 0.8 for Japanese encephalitis, else 0.9.
    /// </summary>
    public double Percentile { get; init; } = 0.8;

    /// <summary>Points of the moving window that are summed: 7 for daily counts, 1 for weekly ones.</summary>
    public int Window { get; init; } = 7;

    /// <summary>Points from one baseline window to the next of the same year: 7 for daily counts, 1 for weekly ones.</summary>
    public int Step { get; init; } = 7;

    /// <summary>Baseline windows on each side of the same one in an earlier year.</summary>
    public int Sides { get; init; } = 2;

    /// <summary>Earlier years in the baseline.</summary>
    public int Years { get; init; } = 5;

    /// <summary>An alarm needs at least this many cases in the current window.</summary>
    public double MinimumCases { get; init; } = 1;

    /// <summary>How earlier years are found.</summary>
    public Calendar Calendar { get; init; } = Calendar.DaysOfYear;
}
