using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Batches;

/// <summary>
/// One batch on its way into the lake, all of it or nothing. For each data set: append rows, then settle. Disposing without
/// <see cref="Commit"/> leaves the lake as it was.
/// </summary>
public interface ILakeBatch : IDisposable
{
    /// <summary>The number it will have in the ledger, and the value of <c>_batch</c> in its rows.</summary>
    int Number { get; }

    /// <summary>
    /// Judges what was appended to a data set: refused rows to quarantine, superseded versions (of this batch and of earlier ones) to
    /// history, counts to the ledger. Called once a data set, after its last append.
    /// </summary>
    BatchCount Settle(TableShape shape, CancellationToken cancellation = default);

    /// <summary>Puts records that gave no row into quarantine. May be called any number of times before <see cref="Commit"/>.</summary>
    void Quarantine(IEnumerable<RefusedRecord> records);

    /// <summary>Makes the batch visible and durable; on return it survives a crash.</summary>
    BatchEntry Commit();
}
