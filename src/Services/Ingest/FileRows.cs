using Yunnao.Formats;
using Yunnao.Lake.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>All rows of one small file in memory, until it is known that it could be read to its end. Used for one file after the other.</summary>
internal sealed class FileRows(IReadOnlyList<RowPlan> plans) : IRowSink
{
    private readonly Stack<TextBatch>[] _empty = [.. plans.Select(_ => new Stack<TextBatch>())];
    private readonly List<(int Plan, TextBatch Rows)> _given = [];

    public List<(int Plan, TextBatch Rows)> Batches { get; } = [];

    public List<RefusedRecord> Refused { get; } = [];

    public TextBatch Begin(int plan, int columns)
    {
        var batch = _empty[plan].TryPop(out var empty) ? empty : new TextBatch(columns);
        _given.Add((plan, batch));
        return batch;
    }

    public TextBatch Take(int plan, TextBatch batch)
    {
        Batches.Add((plan, batch));
        return Begin(plan, plans[plan].Columns.Count);
    }

    public void Reject(in Rejection rejection) => Refused.Add(StagingSink.Refusal(rejection));

    public void Clear()
    {
        foreach (var (plan, rows) in _given)
        {
            rows.Clear();
            _empty[plan].Push(rows);
        }

        _given.Clear();
        Batches.Clear();
        Refused.Clear();
    }
}
