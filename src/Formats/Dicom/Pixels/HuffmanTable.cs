namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>A Huffman table of JPEG (ISO 10918-1 C, F.2.2.3): codes up to 16 bits, those up to 9 bits by one look-up.</summary>
internal sealed class HuffmanTable
{
    public const int Fast = 9;
    private readonly byte[] _values;
    private readonly int[] _largest = new int[18];
    private readonly int[] _first = new int[17];
    private readonly ushort[] _lookup = new ushort[1 << Fast];

    /// <param name="lengths">Number of codes of 1 to 16 bits.</param>
    /// <param name="values">Their values in order.</param>
    public HuffmanTable(ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++)
        {
            _first[length] = index - code;
            for (var i = 0; i < lengths[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length) throw new CodeStreamException("a Huffman table of JPEG has too many codes");
                if (length > Fast) continue;
                var entry = (ushort)((length << 8) | _values[index]);
                _lookup.AsSpan(code << (Fast - length), 1 << (Fast - length)).Fill(entry);
            }

            _largest[length] = lengths[length - 1] > 0 ? code - 1 : -1;
            code <<= 1;
        }

        _largest[17] = int.MaxValue;
    }

    /// <summary>The value of the code at the front of 16 bits, and its length; -1 when there is none.</summary>
    public int Decode(int bits, out int length)
    {
        var entry = _lookup[bits >> (16 - Fast)];
        if (entry != 0)
        {
            length = entry >> 8;
            return entry & 0xFF;
        }

        for (length = Fast + 1; length <= 16; length++)
        {
            var code = bits >> (16 - length);
            if (code <= _largest[length] && code + _first[length] >= 0 && code + _first[length] < _values.Length) return _values[code + _first[length]];
        }

        return -1;
    }
}
