namespace Yunnao.Formats.Hl7v2;

/// <summary>The segment names that plans read, each with a slot from 0. Filled while plans are compiled, then only asked.</summary>
internal sealed class SegmentSlots
{
    private readonly List<int> _names = [];

    /// <summary>Number of names.</summary>
    public int Count => _names.Count;

    /// <summary>The packed name of a slot.</summary>
    public int this[int slot] => _names[slot];

    /// <summary>The slot of a packed name, given now if it has none.</summary>
    public int Add(int name)
    {
        var slot = Find(name);
        if (slot >= 0) return slot;
        _names.Add(name);
        return _names.Count - 1;
    }

    /// <summary>The slot of a packed name, or -1.</summary>
    public int Find(int name) => _names.IndexOf(name);
}
