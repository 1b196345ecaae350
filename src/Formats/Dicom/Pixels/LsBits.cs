using System.Numerics;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>The bits of a scan of JPEG-LS: after a byte FF the next has seven (ISO 14495-1 9.1), and a marker ends them.</summary>
internal ref struct LsBits(ReadOnlySpan<byte> bytes)
{
    /// <summary>Bits of zeros that may be read behind the end: codes are shorter; more is a stream that was cut off.</summary>
    private const int Grace = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private ulong _bits;
    private int _count;
    private int _missing;
    private bool _afterFf;

    /// <summary>Takes 1 to 16 bits.</summary>
    public int Read(int count)
    {
        if (_count < count) Fill();
        var value = (int)(_bits >> (64 - count));
        Skip(count);
        return value;
    }

    /// <summary>A code of Golomb with limited length (A.5.3).</summary>
    public int Golomb(int k, int limit, int qbpp)
    {
        if (_count < 32) Fill();
        var zeros = BitOperations.LeadingZeroCount(_bits);
        if (zeros >= _count) return Long(k, limit, qbpp);
        Skip(zeros + 1);
        if (zeros < limit - qbpp - 1) return k == 0 ? zeros : (zeros << k) | Read(k);
        return Read(qbpp) + 1;
    }

    /// <summary>Goes on after the restart marker that is next; false when there is none.</summary>
    public bool Restart()
    {
        (_bits, _count, _missing, _afterFf) = (0, 0, 0, false);
        for (; _at + 1 < _bytes.Length; _at++)
        {
            if (_bytes[_at] != 0xFF || _bytes[_at + 1] < 0x80) continue;
            if (_bytes[_at + 1] is not (>= 0xD0 and <= 0xD7)) return false;
            _at += 2;
            return true;
        }

        return false;
    }

    /// <summary>Bytes up to the marker that ends the scan.</summary>
    public readonly int Consumed()
    {
        for (var at = Math.Max(0, _at - 9); at + 1 < _bytes.Length; at++)
            if (_bytes[at] == 0xFF && _bytes[at + 1] >= 0x80 && _bytes[at + 1] is not (0xFF or (>= 0xD0 and <= 0xD7))) return at;
        return _bytes.Length;
    }

    private int Long(int k, int limit, int qbpp)
    {
        var zeros = 0;
        while (Read(1) == 0)
            if (++zeros > limit) throw new CodeStreamException("a code of JPEG-LS is longer than it may be");
        if (zeros < limit - qbpp - 1) return k == 0 ? zeros : (zeros << k) | Read(k);
        return Read(qbpp) + 1;
    }

    private void Skip(int count)
    {
        _bits = count < 64 ? _bits << count : 0;
        _count -= count;
        if (_count < _missing - Grace) throw new CodeStreamException("a JPEG-LS frame ends too early");
    }

    private void Fill()
    {
        while (_count <= 56)
        {
            if (_at >= _bytes.Length || (_bytes[_at] == 0xFF && (_at + 1 >= _bytes.Length || _bytes[_at + 1] >= 0x80)))
            {
                _count += 8;
                _missing += 8;
                if (_missing > 8 * 256) throw new CodeStreamException("a JPEG-LS frame ends too early");
                continue;
            }

            var b = _bytes[_at++];
            var width = _afterFf ? 7 : 8;
            _bits |= (ulong)b << (64 - width - _count);
            _count += width;
            _afterFf = b == 0xFF;
        }
    }
}
