using System.Text;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>A sink that keeps all it is given as strings.</summary>
public sealed class RowCollector : IRowSink
{
    public List<CollectedRow> Rows { get; } = [];

    public List<Rejection> Rejections { get; } = [];

    /// <summary>Code and path of each rejection, for short assertions.</summary>
    public IEnumerable<string> Codes => Rejections.Select(r => r.Path is null ? r.Code : $"{r.Code} {r.Path}");

    public TextBatch Take(int plan, TextBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            var cells = new string?[batch.Columns];
            for (var column = 0; column < batch.Columns; column++)
                cells[column] = batch.TryGet(column, row, out var text) ? Strict.GetString(text) : null;
            Rows.Add(new(plan, batch.Record(row), batch.Offset(row), cells));
        }

        batch.Clear();
        return batch;
    }

    public void Reject(in Rejection rejection) => Rejections.Add(rejection);

    /// <summary>The promise of every decoder: each record gave rows, or exactly one rejection, never both and never nothing.</summary>
    public void AssertEveryRecordIsAccountedFor(long records)
    {
        var withRows = Rows.Select(r => r.Record).ToHashSet();
        var rejected = Rejections.Select(r => r.Record).ToList();
        Assert.Equal(rejected.Count, rejected.Distinct().Count());
        Assert.Empty(withRows.Intersect(rejected));
        Assert.Equal(records, withRows.Count + rejected.Count);
        Assert.All(withRows.Concat(rejected), record => Assert.InRange(record, 1, records));
    }

    /// <summary>Text that is not UTF-8 must not come out of a decoder.</summary>
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
}
