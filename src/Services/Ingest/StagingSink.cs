using System.Collections.Concurrent;
using Yunnao.Formats;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Passes batches from the decoder's thread to the one that fills the staging tables, and empty batches back; and the records that gave no
/// row, some thousands at a time, to the quarantine. Bounded: a fast decoder waits.
/// </summary>
internal sealed class StagingSink(StagingTables tables, IReadOnlyList<RowPlan> plans, WritingTransaction transaction) : IRowSink, IDisposable
{
    private const int BatchesUnderway = 8;
    private const int MostRefusedInMemory = 1 << 14;
    private readonly BlockingCollection<(int Plan, TextBatch? Batch, List<RefusedRecord>? Refused)> _full = new(BatchesUnderway);
    private readonly ConcurrentBag<TextBatch>[] _empty = [.. plans.Select(_ => new ConcurrentBag<TextBatch>())];
    private List<RefusedRecord> _refused = [];

    /// <summary>Decodes on another thread, fills the tables on this one, and completes them.</summary>
    /// <param name="decode">Hands all rows and rejections to the sink.</param>
    /// <returns>Records that gave no row, those left out that are in the quarantine of <paramref name="transaction"/> already.</returns>
    public static async Task<IReadOnlyList<RefusedRecord>> FillAsync(
        StagingTables tables, IReadOnlyList<RowPlan> plans, WritingTransaction transaction, Func<IRowSink, Task> decode, Action progress, CancellationToken cancellation)
    {
        using var sink = new StagingSink(tables, plans, transaction);
        var decoding = Task.Run(async () => { try { await decode(sink).ConfigureAwait(false); } finally { sink._full.CompleteAdding(); } }, cancellation);
        sink.Drain(progress, cancellation);
        await decoding.ConfigureAwait(false);
        tables.Complete();
        return sink._refused;
    }

    public TextBatch Take(int plan, TextBatch batch)
    {
        _full.Add((plan, batch, null));
        return _empty[plan].TryTake(out var empty) ? empty : new TextBatch(plans[plan].Columns.Count);
    }

    public void Reject(in Rejection rejection)
    {
        _refused.Add(Refusal(rejection));
        if (_refused.Count < MostRefusedInMemory) return;
        _full.Add((0, null, _refused));
        _refused = [];
    }

    internal static RefusedRecord Refusal(in Rejection rejection) =>
        new(null, rejection.Record, rejection.Offset, rejection.Line == 0 ? null : rejection.Line, rejection.Code, rejection.Path);

    /// <summary>Fills the tables until the decoder ends.</summary>
    private void Drain(Action progress, CancellationToken cancellation)
    {
        foreach (var (plan, rows, refused) in _full.GetConsumingEnumerable(cancellation))
        {
            progress();
            if (refused is not null) transaction.Quarantine(refused);
            if (rows is null) continue;
            tables.Of(plan).Append(new StagedBatch(rows));
            rows.Clear();
            _empty[plan].Add(rows);
        }
    }

    public void Dispose() => _full.Dispose();
}
