namespace Yunnao.Services.Surveillance.Scan;

/// <summary>Settings of <see cref="SpaceTimeScan"/>.</summary>
public sealed record ScanOptions
{
    public ScanModel Model { get; init; }

    /// <summary>Longest cluster, in days; every cluster ends on the last day (a prospective scan).</summary>
    public int MaximumDays { get; init; } = 14;

    /// <summary>Most regions in a cluster, its centre included.</summary>
    public int MaximumRegions { get; init; } = 50;

    /// <summary>Largest radius of a cluster in kilometres.</summary>
    public double MaximumRadius { get; init; } = double.PositiveInfinity;

    /// <summary>Largest share of all expected cases that the regions of a cluster may hold.</summary>
    public double MaximumShare { get; init; } = 0.5;

    /// <summary>Random data sets for the p-values; 0 leaves p-values out.</summary>
    public int Replicates { get; init; } = 999;

    /// <summary>Clusters to report; later ones share no region with earlier ones.</summary>
    public int Clusters { get; init; } = 5;

    /// <summary>Fewest cases of a cluster.</summary>
    public double MinimumCases { get; init; } = 2;

    /// <summary>Seed of the random data sets: the same seed gives the same p-values on every machine.</summary>
    public ulong Seed { get; init; } = 1;
}
