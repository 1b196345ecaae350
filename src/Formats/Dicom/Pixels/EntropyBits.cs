namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>The bits of a scan of JPEG: a zero after each FF is left out, and a marker ends them (ISO 10918-1 F.2.2.5).</summary>
internal ref struct EntropyBits(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private ulong _bits;
    private int _count;
    private int _missing;

    /// <summary>The next 1 to 16 bits; zeros beyond the end.</summary>
    public int Peek(int count)
    {
        if (_count < count) Fill();
        return (int)(_bits >> (64 - count));
    }

    /// <summary>Takes bits; false when they are beyond the end.</summary>
    public bool Skip(int count)
    {
        if (_count < count) Fill();
        _bits <<= count;
        _count -= count;
        return _count >= _missing;
    }

    /// <summary>Goes on after the restart marker that is next; false when there is none.</summary>
    public bool Restart()
    {
        (_bits, _count, _missing) = (0, 0, 0);
        for (; _at + 1 < _bytes.Length; _at++)
        {
            if (_bytes[_at] != 0xFF || _bytes[_at + 1] is 0x00 or 0xFF) continue;
            if (_bytes[_at + 1] is not (>= 0xD0 and <= 0xD7)) return false;
            _at += 2;
            return true;
        }

        return false;
    }

    /// <summary>Bytes up to the marker that ends the scan.</summary>
    public readonly int Consumed()
    {
        for (var at = Math.Max(0, _at - 8); at + 1 < _bytes.Length; at++)
            if (_bytes[at] == 0xFF && _bytes[at + 1] is not (0x00 or 0xFF or (>= 0xD0 and <= 0xD7))) return at;
        return _bytes.Length;
    }

    private void Fill()
    {
        while (_count <= 56)
        {
            if (_at >= _bytes.Length || (_bytes[_at] == 0xFF && (_at + 1 >= _bytes.Length || _bytes[_at + 1] != 0)))
            {
                // Zeros behind the end let the last code be looked up; taking them is noticed.
                _count += 8;
                _missing += 8;
                continue;
            }

            var b = _bytes[_at++];
            if (b == 0xFF) _at++;
            _bits |= (ulong)b << (56 - _count);
            _count += 8;
        }
    }
}
