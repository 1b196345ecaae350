using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Filters over all record keys of a data set, kept from batch to batch while they are small, so that a batch that brings only new
/// records need not look at the table at all. A kept filter may hold keys that are not in the table (of a batch rolled back or taken
/// back), which only costs a look; it never lacks one that is.
/// </summary>
/// <param name="budget">Most memory for all kept filters.</param>
internal sealed class KnownRecords(long budget) : IDisposable
{
    private readonly Dictionary<string, Known> _kept = [];

    /// <summary>
    /// The filter of a data set with room for a batch's keys, built from the table if need be; null when it would not fit the budget,
    /// or when nothing is gained because none of the batch's organisations sent to the data set before.
    /// </summary>
    public RecordFilter? Take(DuckDBConnection connection, TableShape shape, BatchRange batches, long accepted, bool seenBefore)
    {
        var id = shape.DataSet.Id;
        if (_kept.GetValueOrDefault(id) is { } known && known.Keys + accepted <= known.Capacity)
        {
            known.Keys += accepted;
            return known.Filter;
        }

        Forget(id);
        var earlier = connection.Scalar<long>(
            "SELECT coalesce(sum(o.accepted), 0)::BIGINT FROM ops.batch_org o JOIN ops.batch ON batch = number WHERE data_set = $1 AND status = 'committed'", id);
        return earlier > 0 && !seenBefore ? null : Build(connection, shape, batches, earlier, accepted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var known in _kept.Values) known.Filter.Dispose();
        _kept.Clear();
    }

    private RecordFilter? Build(DuckDBConnection connection, TableShape shape, BatchRange batches, long earlier, long accepted)
    {
        var capacity = Math.Max(1 << 16, (earlier + accepted) * 2);
        var bits = capacity * RecordFilter.Generous / 8 <= budget / 16 ? RecordFilter.Generous : RecordFilter.Frugal;
        if (capacity * bits / 8 > budget) return null;
        if (_kept.Values.Sum(k => k.Filter.Bytes) + (capacity * bits / 8) > budget) Dispose();
        var known = new Known(new RecordFilter(capacity, bits, budget), capacity) { Keys = earlier + accepted };
        _kept.Add(shape.DataSet.Id, known);
        if (earlier == 0) return known.Filter;
        using var lent = new LentFilter(known.Filter);
        connection.Scalar<long>(
            $"SELECT count(*) FROM {SqlNames.Table(shape)} WHERE {batches.Lacks()} AND _rejected IS NULL AND settle_add({lent.Sql}, _record)");
        return known.Filter;
    }

    /// <summary>Lets the filter of a data set go, after keys came into the table by another way.</summary>
    public void Forget(string dataSet)
    {
        if (_kept.Remove(dataSet, out var known)) known.Filter.Dispose();
    }

    private sealed class Known(RecordFilter filter, long capacity)
    {
        public RecordFilter Filter { get; } = filter;

        public long Capacity { get; } = capacity;

        public long Keys { get; set; }
    }
}
