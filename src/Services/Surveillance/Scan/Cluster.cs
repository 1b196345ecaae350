namespace Yunnao.Services.Surveillance.Scan;

/// <summary>
/// A cylinder of places and days with more cases than expected.
/// </summary>
/// <param name="Centre">Index of the region in the middle.</param>
/// <param name="Regions">Indexes of its regions, nearest first.</param>
/// <param name="Radius">Distance from the centre to its farthest region, kilometres.</param>
/// <param name="Days">Days up to and with the last one.</param>
/// <param name="Cases">Cases in it.</param>
/// <param name="Expected">Cases expected in it.</param>
/// <param name="LogLikelihoodRatio">Its statistic.</param>
/// <param name="PValue">Monte Carlo p-value (rank among the replicates' largest), NaN without replicates.</param>
/// <param name="GumbelPValue">p-value of the Gumbel law fitted to the replicates' largest, NaN without replicates.</param>
public sealed record Cluster(
    int Centre,
    IReadOnlyList<int> Regions,
    double Radius,
    int Days,
    double Cases,
    double Expected,
    double LogLikelihoodRatio,
    double PValue,
    double GumbelPValue)
{
    /// <summary>Risk inside over the expected one.</summary>
    public double RelativeRisk => Cases / Expected;
}
