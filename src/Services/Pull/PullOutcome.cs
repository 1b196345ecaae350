using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Pull;

/// <summary>What became of one table of a feed.</summary>
/// <param name="Read">Rows that the database gave.</param>
/// <param name="Known">Of these, rows near the watermark that were pulled before and left out.</param>
/// <param name="Unmarked">Rows without a watermark: only a full pull sees their changes.</param>
/// <param name="Chunks">What became of each chunk of rows.</param>
/// <param name="Problem">What ended the pull of this table early, or null; chunks before it are committed.</param>
public sealed record PullOutcome(string Feed, string Table, long Read, long Known, long Unmarked, IReadOnlyList<FileOutcome> Chunks, Problem? Problem)
{
    public long Received => Chunks.Sum(c => c.Batch?.Received ?? 0);

    public long Accepted => Chunks.Sum(c => c.Batch?.Accepted ?? 0);

    public long Quarantined => Chunks.Sum(c => c.Batch?.Quarantined ?? 0);
}
