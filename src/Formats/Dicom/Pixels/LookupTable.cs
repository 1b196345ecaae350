using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A look-up table of the standard: number of entries, first mapped value, bits, and the entries (PS3.3 C.11.1.1, C.7.6.3.1.5).</summary>
internal sealed class LookupTable
{
    private readonly ushort[] _entries;
    private readonly int _first;

    private LookupTable(ushort[] entries, int first, int bits)
    {
        (_entries, _first, Bits) = (entries, first, bits);
    }

    /// <summary>Bits of an entry.</summary>
    public int Bits { get; }

    /// <summary>The table of a descriptor and its data; null when they are not there or do not agree.</summary>
    /// <param name="isSigned">True when the values that are mapped are signed.</param>
    public static LookupTable? Of(DicomDataSet set, DicomTag descriptor, DicomTag data, bool isSigned)
    {
        if (!set.TryGet(descriptor, out var head) || head.Value.Length < 6 || !set.TryGet(data, out var element)) return null;
        var (count, first, bits) = (Word(head, 0), Word(head, 1), Word(head, 2));
        var size = count == 0 ? 65536 : count;
        var entries = new ushort[size];
        var bytes = element.Value.Span;

        // Tables of eight bits may be packed two entries a word, or one.
        var packed = bits <= 8 && bytes.Length < size * 2;
        if (bytes.Length < (packed ? size : size * 2)) return null;
        for (var i = 0; i < size; i++)
        {
            entries[i] = packed ? bytes[element.IsBigEndian && element.Vr == Vr.OW ? i ^ 1 : i]
                : element.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(i * 2)..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]);
        }

        return new(entries, isSigned ? (short)first : first, Math.Clamp(bits == 0 ? 16 : bits, 1, 16));
    }

    /// <summary>A segmented palette (C.7.9.2): discrete, linear and indirect segments.</summary>
    public static LookupTable? Segmented(DicomDataSet set, DicomTag descriptor, DicomTag data)
    {
        if (!set.TryGet(descriptor, out var head) || head.Value.Length < 6 || !set.TryGet(data, out var element)) return null;
        var (count, first, bits) = (Word(head, 0), Word(head, 1), Word(head, 2));
        var size = count == 0 ? 65536 : count;
        var words = new ushort[element.Value.Length / 2];
        for (var i = 0; i < words.Length; i++)
            words[i] = element.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(element.Value.Span[(i * 2)..]) : BinaryPrimitives.ReadUInt16LittleEndian(element.Value.Span[(i * 2)..]);
        var entries = new List<ushort>(size);
        Expand(words, 0, int.MaxValue, entries, size, isIndirect: false);
        if (entries.Count == 0) return null;
        while (entries.Count < size) entries.Add(entries[^1]);
        return new([.. entries.Take(size)], first, Math.Clamp(bits == 0 ? 16 : bits, 1, 16));
    }

    /// <summary>The entry of a value; those outside the table map to its ends.</summary>
    public int Map(long value) => _entries[Math.Clamp(value - _first, 0, _entries.Length - 1)];

    private static void Expand(ushort[] words, int at, int segments, List<ushort> entries, int size, bool isIndirect)
    {
        while (segments-- > 0 && at + 1 < words.Length && entries.Count < size)
        {
            var (kind, length) = (words[at], words[at + 1]);
            at += 2;
            if (kind == 0)
            {
                for (var i = 0; i < length && at < words.Length; i++) entries.Add(words[at++]);
            }
            else if (kind == 1 && at < words.Length)
            {
                int from = entries.Count > 0 ? entries[^1] : words[at], to = words[at];
                for (var i = 1; i <= length; i++) entries.Add((ushort)(from + (to - from) * i / length));
                at++;
            }
            else if (kind == 2 && !isIndirect && at + 1 < words.Length)
            {
                // The offset counts bytes from the beginning of the table.
                var offset = words[at] | (words[at + 1] << 16);
                at += 2;
                if (offset >= 0 && offset / 2 < words.Length) Expand(words, offset / 2, length, entries, size, isIndirect: true);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>A word of a descriptor whatever its representation is: US and SS mean the same bits here.</summary>
    private static int Word(DicomElement element, int index) => element.IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(element.Value.Span[(index * 2)..]) : BinaryPrimitives.ReadUInt16LittleEndian(element.Value.Span[(index * 2)..]);
}
