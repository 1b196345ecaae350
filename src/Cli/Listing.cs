namespace Yunnao.Cli;

/// <summary>A table to be shown: a drawn table on a terminal, tab-separated lines when the output goes to a file or another program.</summary>
internal sealed class Listing(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Headers => headers;

    public IReadOnlyList<string[]> Rows => _rows;

    /// <summary>Adds a row of as many cells as there are headers.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headers.Length);
        _rows.Add(cells);
    }
}
