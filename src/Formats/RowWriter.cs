namespace Yunnao.Formats;

/// <summary>The batches being filled, one a plan that has rows; hands each to the sink when it is full.</summary>
internal sealed class RowWriter
{
    private const int FullRows = 16_384;
    private const long FullBytes = 16 << 20;

    private readonly IRowSink _sink;
    private readonly IReadOnlyList<RowPlan> _plans;
    private readonly TextBatch?[] _batches;

    public RowWriter(IRowSink sink, IReadOnlyList<RowPlan> plans)
    {
        _sink = sink;
        _plans = plans;
        _batches = new TextBatch?[plans.Count];
    }

    /// <summary>The batch of a plan, for setting the cells of its next row.</summary>
    public TextBatch Batch(int plan) => _batches[plan] ??= _sink.Begin(plan, _plans[plan].Columns.Count);

    public void EndRow(int plan, long record, long offset)
    {
        var batch = Batch(plan);
        batch.EndRow(record, offset);
        if (batch.Rows >= FullRows || batch.Bytes >= FullBytes) _batches[plan] = _sink.Take(plan, batch);
    }

    /// <summary>Hands over what is left.</summary>
    public void Finish()
    {
        for (var plan = 0; plan < _batches.Length; plan++)
            if (_batches[plan] is { Rows: > 0 } batch) _batches[plan] = _sink.Take(plan, batch);
    }
}
