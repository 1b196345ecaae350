namespace Yunnao.Formats.Hl7v2;

/// <summary>Occurrences of segments and of their fields that are not empty.</summary>
internal sealed class SegmentCounts
{
    private const int MaxField = 256;
    private const int MaxNames = 1024;

    private readonly Dictionary<int, long[]> _counts = [];
    private readonly HashSet<(int Segment, int Field)> _mapped = [];

    public void Map(Hl7v2Path path) => _mapped.Add((path.Segment, path.Field));

    public void Add(ReadOnlySpan<byte> text, Hl7v2Message message)
    {
        for (var i = 0; i < message.Count; i++)
        {
            ref readonly var segment = ref message[i];
            if (Of(segment.Name) is not { } counts) continue;
            counts[0]++;
            var last = Math.Min(segment.Fields, MaxField - 1);
            for (var field = 1; field <= last; field++)
                if (!message.Field(text, i, field).IsEmpty) counts[field]++;
        }
    }

    public void Merge(SegmentCounts other)
    {
        _mapped.UnionWith(other._mapped);
        foreach (var (name, theirs) in other._counts)
        {
            if (Of(name) is not { } ours) continue;
            for (var i = 0; i < MaxField; i++) ours[i] += theirs[i];
        }
    }

    public IEnumerable<PathCount> Counts()
    {
        foreach (var (name, counts) in _counts)
        {
            var segment = SegmentName.Unpack(name);
            yield return new(segment, counts[0], _mapped.Any(m => m.Segment == name));
            for (var field = 1; field < MaxField; field++)
                if (counts[field] > 0) yield return new($"{segment}-{field}", counts[field], _mapped.Contains((name, field)));
        }
    }

    private long[]? Of(int name)
    {
        if (_counts.TryGetValue(name, out var counts) || _counts.Count == MaxNames) return counts;
        return _counts[name] = new long[MaxField];
    }
}
