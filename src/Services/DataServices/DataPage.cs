using Apache.Arrow;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.DataServices;

/// <summary>The rows of a page in memory, without the columns of the cursor, and the cursor of the next page.</summary>
public sealed class DataPage : IDisposable
{
    private readonly Queue<RecordBatch> _batches;
    private readonly int _hidden;

    private DataPage(string dataSet, Schema schema, List<RecordBatch> batches, int hidden)
    {
        (DataSet, _batches, _hidden) = (dataSet, new(batches), hidden);
        if (hidden > 0 && batches.Count > 0) Place = PlaceIn(batches[^1], hidden);
        Schema = hidden == 0 ? schema : new Schema(schema.FieldsList.Take(schema.FieldsList.Count - hidden), null);
        Rows = batches.Sum(b => b.Length);
    }

    /// <summary>Whose rows they are.</summary>
    public string DataSet { get; }

    /// <summary>The columns that the caller sees.</summary>
    public Schema Schema { get; }

    public int Rows { get; }

    /// <summary>Cursor of the next page; null when this one is the last.</summary>
    public string? Next { get; internal set; }

    /// <summary>Of changes, the mark since which the next ones are asked for; it is the same on all pages of a walk.</summary>
    public string? Mark { get; internal set; }

    /// <summary>Reads an answer to its end.</summary>
    /// <param name="hidden">How many of the last columns belong to the cursor.</param>
    public static async Task<DataPage> ReadAsync(string dataSet, RowStream rows, int hidden, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var batches = new List<RecordBatch>();
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false)) batches.Add(batch);
        }

        return new(dataSet, rows.Schema, batches, hidden);
    }

    /// <summary>The values of the cursor's columns in the last row; empty without rows or without a cursor.</summary>
    public IReadOnlyList<string?> Place { get; } = [];

    /// <summary>Gives the rows away, once: whoever reads the stream disposes of each batch.</summary>
    public RowStream Give() => new(Schema, Each(), this);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_batches.TryDequeue(out var batch)) batch.Dispose();
    }

    private static string?[] PlaceIn(RecordBatch last, int hidden) =>
        [.. Enumerable.Range(last.ColumnCount - hidden, hidden).Select(i => ArrowCell.Text(last.Column(i), last.Length - 1))];

    private async IAsyncEnumerable<RecordBatch> Each()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        while (_batches.TryDequeue(out var batch))
        {
            if (_hidden > 0)
            {
                for (var i = batch.ColumnCount - _hidden; i < batch.ColumnCount; i++) batch.Column(i).Dispose();
            }

            yield return _hidden == 0 ? batch : new RecordBatch(Schema, batch.Arrays.Take(batch.ColumnCount - _hidden), batch.Length);
        }
    }
}
