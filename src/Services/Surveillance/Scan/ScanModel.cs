namespace Yunnao.Services.Surveillance.Scan;

/// <summary>What a scan holds to be true when there is no cluster.</summary>
public enum ScanModel
{
    /// <summary>Counts are Poisson around given expected counts (from population or history).</summary>
    Poisson,

    /// <summary>Days and places of the cases are independent; only the cases themselves are needed.</summary>
    Permutation,
}
