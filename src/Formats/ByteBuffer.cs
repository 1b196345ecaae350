namespace Yunnao.Formats;

/// <summary>A byte array that grows and is used again for the next value.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(byte value)
    {
        if (Length == _bytes.Length) Array.Resize(ref _bytes, Length * 2);
        _bytes[Length++] = value;
    }

    public void Add(ReadOnlySpan<byte> values)
    {
        values.CopyTo(Free(values.Length));
        Length += values.Length;
    }

    /// <summary>Room for so many bytes after those written; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Free(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;
}
