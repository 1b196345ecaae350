using Yunnao.Formats;

namespace Yunnao.Tests.Fuzz;

/// <summary>Counts which records gave rows and which a rejection.</summary>
internal sealed class CountingSink : IRowSink
{
    private readonly HashSet<long> _records = [];

    /// <summary>Rows and rejections.</summary>
    public long Handed { get; private set; }

    public TextBatch Take(int plan, TextBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++) _records.Add(batch.Record(row));
        Handed += batch.Rows;
        batch.Clear();
        return batch;
    }

    public void Reject(in Rejection rejection)
    {
        _records.Add(rejection.Record);
        Handed++;
    }

    /// <summary>Every record is accounted for.</summary>
    public void Check(long records)
    {
        if (_records.Count < records) throw new InvalidOperationException($"Of {records} records {records - _records.Count} gave neither a row nor a rejection.");
    }
}
