using Apache.Arrow;

namespace Yunnao.Lake.Queries;

/// <summary>
/// Rows of an answer as they come, in batches of typed columns (Apache Arrow). Read once. Each batch belongs to the reader and is
/// disposed by it; the stream holds a connection of the engine until it is disposed. Record keys come as text of decimal digits.
/// </summary>
public sealed class RowStream(Schema schema, IAsyncEnumerable<RecordBatch> batches, IDisposable owner) : IAsyncDisposable, IDisposable
{
    /// <summary>Names and types of the columns.</summary>
    public Schema Schema { get; } = schema;

    /// <summary>The batches in order.</summary>
    public IAsyncEnumerable<RecordBatch> Batches { get; } = batches;

    /// <inheritdoc/>
    public void Dispose() => owner.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
