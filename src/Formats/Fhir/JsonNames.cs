using System.Buffers.Binary;
using System.Text;

namespace Yunnao.Formats.Fhir;

/// <summary>The property names that plans read, as numbers from 1. Filled while plans are compiled, then only asked.</summary>
internal sealed class JsonNames
{
    private readonly List<byte[]> _names = [[]];
    private int[] _slots = new int[64];

    /// <summary>The number of a name, given now if it has none.</summary>
    public int Add(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        var known = Find(utf8);
        if (known > 0) return known;
        _names.Add(utf8);
        if (_names.Count * 4 > _slots.Length) Grow();
        else Place(_names.Count - 1);
        return _names.Count - 1;
    }

    /// <summary>The number of a name, or 0.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var slots = _slots;
        for (var slot = Hash(name) & (uint)(slots.Length - 1); ; slot = (slot + 1) & (uint)(slots.Length - 1))
        {
            var number = slots[slot];
            if (number == 0 || name.SequenceEqual(_names[number])) return number;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = (uint)name.Length * 0x9E3779B1;
        if (name.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name) * 0x85EBCA77;
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) * 0xC2B2AE3D;
        }
        else
        {
            foreach (var value in name) hash = (hash ^ value) * 0x01000193;
        }

        return hash ^ (hash >> 15);
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (var number = 1; number < _names.Count; number++) Place(number);
    }

    private void Place(int number)
    {
        var slot = Hash(_names[number]) & (uint)(_slots.Length - 1);
        while (_slots[slot] != 0) slot = (slot + 1) & (uint)(_slots.Length - 1);
        _slots[slot] = number;
    }
}
