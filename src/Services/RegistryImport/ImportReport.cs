namespace Yunnao.Services.RegistryImport;

/// <summary>What an import wrote, what was there already, and what it left out and why.</summary>
public sealed class ImportReport
{
    private const int MostExamples = 5;
    private readonly SortedDictionary<string, (long Added, long Same)> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Count, List<string> Examples)> _leftOut = new(StringComparer.Ordinal);

    /// <summary>By kind of entry (<c>codes</c>, <c>items</c>, <c>value-sets</c> …): written, and found to be there with the same content.</summary>
    public IReadOnlyDictionary<string, (long Added, long Same)> Counts => _counts;

    /// <summary>The most frequent reason first.</summary>
    public IReadOnlyList<LeftOut> LeftOut =>
        [.. _leftOut.Select(l => new LeftOut(l.Key, l.Value.Count, l.Value.Examples)).OrderByDescending(l => l.Count).ThenBy(l => l.Reason, StringComparer.Ordinal)];

    internal void Added(string kind, long count = 1) => Count(kind, count, 0);

    internal void Same(string kind, long count = 1) => Count(kind, 0, count);

    internal void Leave(string reason, string what, long count = 1)
    {
        if (!_leftOut.TryGetValue(reason, out var left)) left = (0, []);
        if (left.Examples.Count < MostExamples) left.Examples.Add(what);
        _leftOut[reason] = (left.Count + count, left.Examples);
    }

    private void Count(string kind, long added, long same)
    {
        var (a, s) = _counts.GetValueOrDefault(kind);
        _counts[kind] = (a + added, s + same);
    }
}
