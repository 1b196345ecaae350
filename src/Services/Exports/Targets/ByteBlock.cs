using System.Buffers.Binary;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Bytes that are appended to, and used again.</summary>
internal sealed class ByteBlock(int capacity)
{
    private byte[] _bytes = new byte[capacity * 2];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Rows in it, as far as its encoder counts them.</summary>
    public long Rows { get; set; }

    public void Clear() => (Length, Rows) = (0, 0);

    /// <summary>Room for so many bytes more, which count as written.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }

    /// <summary>Gives back the end of what was taken.</summary>
    public void GiveBack(int count) => Length -= count;

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Write(byte value) => Take(1)[0] = value;

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
}
