namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>All rows of one person, in the blocks that they are in. Values that were read are good until it is disposed.</summary>
internal sealed class ShelfRows(IReadOnlyList<ShelfColumn> columns) : IDisposable
{
    private readonly List<(ShelfBlock Block, int From, int To)> _parts = [];

    public IReadOnlyList<ShelfColumn> Columns => columns;

    public int Count { get; private set; }

    /// <summary>Takes some rows of a block, and the block.</summary>
    public void Add(ShelfBlock block, int from, int to)
    {
        _parts.Add((block, from, to));
        Count += to - from;
    }

    /// <summary>All values of a column.</summary>
    public ShelfValue[] Read(int column)
    {
        var (values, place) = (new ShelfValue[Count], 0);
        foreach (var (block, from, to) in _parts)
        {
            block.Read(column, from, values.AsSpan(place, to - from));
            place += to - from;
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (block, _, _) in _parts) block.Dispose();
        _parts.Clear();
    }
}
