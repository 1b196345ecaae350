using System.Collections.Concurrent;
using Yunnao.Formats;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Text;

namespace Yunnao.Services.Ingest;

/// <summary>Passes batches from the decoder's thread to the one that fills the staging tables, and empty batches back. Bounded: a fast decoder waits.</summary>
internal sealed class StagingSink(IReadOnlyList<TextTable> tables, IReadOnlyList<RowPlan> plans) : IRowSink, IDisposable
{
    private const int BatchesUnderway = 8;
    private readonly BlockingCollection<(int Plan, TextBatch Batch)> _full = new(BatchesUnderway);
    private readonly ConcurrentBag<TextBatch>[] _empty = [.. plans.Select(_ => new ConcurrentBag<TextBatch>())];
    private readonly List<RefusedRecord> _refused = [];

    /// <summary>Records that gave no row. Read it after <see cref="End"/>.</summary>
    public IReadOnlyList<RefusedRecord> Refused => _refused;

    public TextBatch Take(int plan, TextBatch batch)
    {
        _full.Add((plan, batch));
        return _empty[plan].TryTake(out var empty) ? empty : new TextBatch(plans[plan].Columns.Count);
    }

    public void Reject(in Rejection rejection) => _refused.Add(new(
        null, rejection.Record, rejection.Offset, rejection.Line == 0 ? null : rejection.Line, rejection.Code, rejection.Path));

    /// <summary>No more batches will come.</summary>
    public void End() => _full.CompleteAdding();

    /// <summary>Fills the tables until the decoder ends.</summary>
    public void Drain(Action progress, CancellationToken cancellation)
    {
        foreach (var (plan, batch) in _full.GetConsumingEnumerable(cancellation))
        {
            tables[plan].Append(new StagedBatch(batch));
            batch.Clear();
            _empty[plan].Add(batch);
            progress();
        }
    }

    public void Dispose() => _full.Dispose();
}
