namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>All rows of some persons, in the blocks that they are in. Values that were read are good until it is disposed.</summary>
internal sealed class ShelfRows(IReadOnlyList<ShelfColumn> columns) : IDisposable
{
    private readonly List<ShelfBlock> _blocks = [];
    private readonly List<(int Block, int From, int To)> _parts = [];

    public IReadOnlyList<ShelfColumn> Columns => columns;

    public int Count { get; private set; }

    public int Blocks => _blocks.Count;

    /// <summary>Takes a block, whose rows follow.</summary>
    public void Hold(ShelfBlock block) => _blocks.Add(block);

    /// <summary>Takes some rows of the block that was taken last.</summary>
    public void Add(int from, int to)
    {
        if (from == to) return;
        var block = _blocks.Count - 1;
        if (_parts is [.., var (same, first, end)] && same == block && end == from) _parts[^1] = (block, first, to);
        else _parts.Add((block, from, to));
        Count += to - from;
    }

    /// <summary>All values of a column.</summary>
    public ShelfValue[] Read(int column)
    {
        var (values, place) = (new ShelfValue[Count], 0);
        foreach (var (block, from, to) in _parts)
        {
            _blocks[block].Read(column, from, values.AsSpan(place, to - from));
            place += to - from;
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _blocks.Clear();
        _parts.Clear();
    }
}
