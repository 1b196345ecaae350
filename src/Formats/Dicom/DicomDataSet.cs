using System.Collections;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// A data set (PS3.5 7): elements in ascending order of their tags. Immutable: a set that was read is a view over its bytes, one that is
/// built comes from <see cref="DicomBuilder"/>.
/// </summary>
public sealed class DicomDataSet : IReadOnlyList<DicomElement>
{
    /// <summary>A set without elements.</summary>
    public static readonly DicomDataSet Empty = new([], null);

    private readonly int _start;
    private readonly DicomElement[]? _built;
    private readonly DicomDataSet? _parent;
    private CharacterSet? _characterSet;

    internal DicomDataSet(ParsedSource source, int start, int count, DicomDataSet? parent)
    {
        (Source, _start, Count, _parent) = (source, start, count, parent);
    }

    /// <param name="characterSet">That of a set that was built and is in no other one yet.</param>
    internal DicomDataSet(DicomElement[] elements, DicomDataSet? parent, CharacterSet? characterSet = null)
    {
        (_built, Count, _parent, _characterSet) = (elements, elements.Length, parent, characterSet);
        for (var i = 0; i < elements.Length; i++)
        {
            var element = elements[i];
            var content = element.Content is IReadOnlyList<DicomDataSet> items ? items.Select(i => i.Under(this)).ToArray() : element.Content;
            elements[i] = new(element.Node, element.Value, content, this);
        }
    }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>The character sets of its text: its own (0008,0005), else those of the set around it (PS3.5 6.1.2.3).</summary>
    public CharacterSet CharacterSet => _characterSet ??= FindCharacterSet();

    /// <summary>True for an item that was written with undefined length.</summary>
    internal bool UndefinedLength { get; init; }

    internal ParsedSource? Source { get; }

    /// <summary>An element by its place in the order.</summary>
    public DicomElement this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            if (_built is not null) return _built[index];
            var node = Source!.Nodes[_start + index];
            const NodeFlags NoValue = NodeFlags.Deferred | NodeFlags.Sequence | NodeFlags.Fragments;
            return new(this, node, (node.Flags & NoValue) != 0 ? default : Source.Bytes.Slice(node.Start, (int)node.Length));
        }
    }

    /// <summary>The element of a tag.</summary>
    public bool TryGet(DicomTag tag, out DicomElement element)
    {
        var index = IndexOf(tag.Value);
        element = index < 0 ? default : this[index];
        return index >= 0;
    }

    /// <summary>True when there is an element of this tag, with or without value.</summary>
    public bool Contains(DicomTag tag) => IndexOf(tag.Value) >= 0;

    /// <summary>The first value as text, without insignificant spaces; null when there is none.</summary>
    public string? GetString(DicomTag tag) => TryGet(tag, out var element) ? element.String() : null;

    /// <summary>All values as text; empty when there is none.</summary>
    public string[] GetStrings(DicomTag tag) => TryGet(tag, out var element) ? element.Strings() : [];

    /// <summary>A whole number; null when there is none.</summary>
    public long? GetInteger(DicomTag tag, int index = 0) => TryGet(tag, out var element) && element.TryGetInteger(index, out var number) ? number : null;

    /// <summary>A number; null when there is none.</summary>
    public double? GetNumber(DicomTag tag, int index = 0) => TryGet(tag, out var element) && element.TryGetNumber(index, out var number) ? number : null;

    /// <summary>The first person name; null when there is none.</summary>
    public PersonName? GetPersonName(DicomTag tag) => TryGet(tag, out var element) && element.String() is { } text ? PersonName.Parse(text) : null;

    /// <summary>A date (DA, or the date of a DT); null when there is none or it cannot be read.</summary>
    public DateOnly? GetDate(DicomTag tag) => GetString(tag) is { } text && DicomTime.TryParseDate(text, out var date) ? date : null;

    /// <summary>A time of day (TM); null when there is none or it cannot be read.</summary>
    public TimeOnly? GetTime(DicomTag tag) => GetString(tag) is { } text && DicomTime.TryParseTime(text, out var time) ? time : null;

    /// <summary>The items of a sequence; empty when there is none.</summary>
    public IReadOnlyList<DicomDataSet> GetItems(DicomTag tag) => TryGet(tag, out var element) ? element.Items : [];

    /// <summary>
    /// A private element by its creator (PS3.5 7.8.1): <paramref name="element"/> is the low byte, whatever block the creator has reserved.
    /// </summary>
    public bool TryGetPrivate(ushort group, string creator, byte element, out DicomElement found)
    {
        found = default;
        for (ushort block = 0x10; block <= 0xFF; block++)
            if (GetString(new(group, block)) == creator && TryGet(new(group, (ushort)((block << 8) | element)), out found)) return true;
        return false;
    }

    /// <summary>The creator of a private element, or null.</summary>
    public string? CreatorOf(DicomTag tag) => tag.IsPrivate && tag.Element >= 0x1000 ? GetString(tag.CreatorTag) : null;

    /// <inheritdoc/>
    public IEnumerator<DicomElement> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same set as an item of another one, whose character set it inherits.</summary>
    private DicomDataSet Under(DicomDataSet parent) =>
        _built is null ? new(Source!, _start, Count, parent) { UndefinedLength = UndefinedLength } : new([.. _built], parent) { UndefinedLength = UndefinedLength };

    private int IndexOf(uint tag)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _built is not null ? _built[middle].Tag.Value : Source!.Nodes[_start + middle].Tag;
            if (found == tag) return middle;
            if (found < tag) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private CharacterSet FindCharacterSet()
    {
        if (TryGet(Tags.SpecificCharacterSet, out var element)) return CharacterSet.Of(element.Strings());
        return _parent?.CharacterSet ?? CharacterSet.Default;
    }
}
