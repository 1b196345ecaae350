using System.Runtime.CompilerServices;

namespace Yunnao.Synthetic.Bulk;

/// <summary>A large buffer before a stream, for files of millions of short records.</summary>
internal sealed class BulkStream(Stream stream)
{
    /// <summary>No record is longer.</summary>
    private const int Longest = 16 << 10;

    private readonly byte[] _buffer = new byte[(1 << 20) + Longest];
    private int _used;

    /// <summary>Bytes written, those still in the buffer included.</summary>
    public long Length { get; private set; }

    /// <summary>Room for one record.</summary>
    public Span<byte> Room
    {
        get
        {
            if (_buffer.Length - _used < Longest) Flush();
            return _buffer.AsSpan(_used);
        }
    }

    /// <summary>Takes what was written to <see cref="Room"/>.</summary>
    public void Advance(int count)
    {
        _used += count;
        Length += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _used < bytes.Length) Flush();
        bytes.CopyTo(_buffer.AsSpan(_used));
        Advance(bytes.Length);
    }

    /// <summary>A whole number, with leading zeros up to <paramref name="width"/>.</summary>
    public void Write(long value, int width = 1)
    {
        Span<byte> digits = stackalloc byte[20];
        var at = digits.Length;
        for (; value > 0 || width > 0; value /= 10, width--) digits[--at] = (byte)('0' + (value % 10));
        Write(digits[at..]);
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
