using Yunnao.Formats;
using Yunnao.Lake.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>All rows of one small file in memory, until it is known that it could be read to its end. Used for one file after the other.</summary>
internal sealed class FileRows(IReadOnlyList<RowPlan> plans) : IRowSink
{
    private readonly Stack<TextBatch>[] _empty = [.. plans.Select(_ => new Stack<TextBatch>())];

    public List<(int Plan, TextBatch Rows)> Batches { get; } = [];

    public List<RefusedRecord> Refused { get; } = [];

    public TextBatch Take(int plan, TextBatch batch)
    {
        Batches.Add((plan, batch));
        return _empty[plan].TryPop(out var empty) ? empty : new TextBatch(plans[plan].Columns.Count);
    }

    public void Reject(in Rejection rejection) => Refused.Add(StagingSink.Refusal(rejection));

    public void Clear()
    {
        foreach (var (plan, rows) in Batches)
        {
            rows.Clear();
            _empty[plan].Push(rows);
        }

        Batches.Clear();
        Refused.Clear();
    }
}
