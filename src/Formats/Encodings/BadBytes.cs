namespace Yunnao.Formats.Encodings;

/// <summary>Counts what could not be decoded and keeps the first places.</summary>
internal sealed class BadBytes
{
    private const int Kept = 1024;

    private readonly List<BadByte> _first = [];

    /// <summary>Offsets of the source and target spans that the encoding now works on.</summary>
    public long SourceBase { get; set; }

    public long TargetBase { get; set; }

    public long Count { get; private set; }

    public IReadOnlyList<BadByte> First => _first;

    public void Clear()
    {
        Count = 0;
        _first.Clear();
    }

    /// <summary>Writes U+FFFD to the target and notes the place; gives the new length of the target.</summary>
    public int Replace(Span<byte> target, int source, int written)
    {
        if (_first.Count < Kept) _first.Add(new(SourceBase + source, TargetBase + written));
        Count++;
        "\uFFFD"u8.CopyTo(target[written..]);
        return written + 3;
    }
}
