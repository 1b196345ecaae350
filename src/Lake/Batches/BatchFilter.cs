namespace Yunnao.Lake.Batches;

/// <summary>Which batches of the ledger are asked for.</summary>
/// <param name="Name">What the name of the file begins with; null for any.</param>
/// <param name="TakenBack">Those that were taken back, or those that were not; null for both.</param>
public sealed record BatchFilter(string? Name = null, bool? TakenBack = null)
{
    /// <summary>All of them.</summary>
    public static BatchFilter All { get; } = new();
}
