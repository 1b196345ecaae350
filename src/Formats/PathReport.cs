namespace Yunnao.Formats;

/// <summary>
/// What the source carried, by path, and which of it the plans read. Filled by one decoder at a time; reports of several are merged.
/// Names only, never values.
/// </summary>
public sealed class PathReport
{
    private readonly Dictionary<string, (long Count, bool Mapped)> _types = new(StringComparer.Ordinal);

    internal Hl7v2.SegmentCounts Segments { get; } = new();

    internal Fhir.ElementCounts Elements { get; } = new();

    /// <summary>Adds what another report counted.</summary>
    public void Merge(PathReport other)
    {
        foreach (var (type, (count, mapped)) in other._types) AddType(type, count, mapped);
        Segments.Merge(other.Segments);
        Elements.Merge(other.Elements);
    }

    /// <summary>Everything that occurred, in order of path.</summary>
    public IReadOnlyList<PathCount> Counts() =>
        [.. _types.Select(t => new PathCount(t.Key, t.Value.Count, t.Value.Mapped))
            .Concat(Segments.Counts())
            .Concat(Elements.Counts())
            .OrderBy(c => c.Path, StringComparer.Ordinal)];

    internal void AddType(string type, long count, bool mapped)
    {
        _ = _types.TryGetValue(type, out var known);
        _types[type] = (known.Count + count, known.Mapped || mapped);
    }
}
