namespace Yunnao.Lake.Batches;

/// <summary>A batch as the ledger has it.</summary>
/// <param name="Number">From 1, in the order of commits, without gaps unless a batch was rolled back.</param>
/// <param name="Started">UTC.</param>
/// <param name="Committed">UTC.</param>
/// <param name="Counts">One entry a data set, in data set order.</param>
public sealed record BatchEntry(
    int Number, BatchHeader Header, DateTimeOffset Started, DateTimeOffset Committed, BatchStatus Status, IReadOnlyList<BatchCount> Counts)
{
    public long Received => Counts.Sum(c => c.Received);

    public long Accepted => Counts.Sum(c => c.Accepted);

    public long Quarantined => Counts.Sum(c => c.Quarantined);

    public long Superseded => Counts.Sum(c => c.Superseded);

    public long Flagged => Counts.Sum(c => c.Flagged);
}
