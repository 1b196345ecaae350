using System.Text;
using Yunnao.Formats;

namespace Yunnao.Services.Mapping;

/// <summary>Keeps the first rows of a table and then asks for no more.</summary>
internal sealed class SampleSink(IReadOnlyList<string> names, int maxRows) : IRowSink, IDisposable
{
    private readonly CancellationTokenSource _enough = new();

    public IReadOnlyList<SampleColumn> Columns { get; } = [.. names.Select(n => new SampleColumn(n))];

    public int Rows { get; private set; }

    public CancellationToken Enough => _enough.Token;

    public TextBatch Take(int plan, TextBatch batch)
    {
        for (var row = 0; row < batch.Rows && Rows < maxRows; row++, Rows++)
            for (var i = 0; i < Columns.Count; i++)
                if (batch.TryGet(i, row, out var utf8)) Columns[i].Add(Encoding.UTF8.GetString(utf8));
        if (Rows >= maxRows) _enough.Cancel();
        batch.Clear();
        return batch;
    }

    public void Dispose() => _enough.Dispose();

    public void Reject(in Rejection rejection)
    {
    }
}
