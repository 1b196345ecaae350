using System.Buffers.Binary;
using Yunnao.Formats.Dicom.Pixels;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Where the frames of an instance are in its file, as it is kept in the index. As bytes, little endian: kind (1), number of frames (4); of
/// frames of one length behind each other (regular) offset (8) and length (8) of the first; of others (listed) for each frame offset (8),
/// length (8), first bit (1), fragments (4), length of the first fragment (8).
/// </summary>
internal sealed class FrameTable
{
    public static readonly FrameTable None = new(FrameKind.None, 0, []);
    private const int Head = 5;
    private const int Listed = 29;

    private FrameTable(FrameKind kind, int count, FrameSpan[] spans) => (Kind, Count, _spans) = (kind, count, spans);

    private readonly FrameSpan[] _spans;

    public FrameKind Kind { get; }

    /// <summary>Number of frames.</summary>
    public int Count { get; }

    /// <summary>Where a frame is, counted from 0.</summary>
    public FrameSpan this[int frame] => Kind == FrameKind.Regular ? _spans[0] with { Offset = _spans[0].Offset + frame * _spans[0].Length } : _spans[frame];

    /// <summary>Frames that can be had only by reading the whole object: a deflated data set.</summary>
    public static FrameTable WholeObject(int count) => new(FrameKind.WholeObject, count, []);

    public static FrameTable Of(FrameIndex index)
    {
        if (index.Count == 0) return None;
        var first = index.Frames[0];
        var isRegular = first is { FirstBit: 0, Fragments: 0 };
        for (var i = 1; i < index.Count && isRegular; i++) isRegular = index.Frames[i] == first with { Offset = first.Offset + i * first.Length };
        return isRegular ? new(FrameKind.Regular, index.Count, [first]) : new(FrameKind.Listed, index.Count, [.. index.Frames]);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Head + (Kind == FrameKind.Regular ? 16 : _spans.Length * Listed)];
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), Count);
        var rest = bytes.AsSpan(Head);
        foreach (var span in _spans)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, span.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], span.Length);
            if (Kind == FrameKind.Regular) break;
            rest[16] = (byte)span.FirstBit;
            BinaryPrimitives.WriteInt32LittleEndian(rest[17..], span.Fragments);
            BinaryPrimitives.WriteInt64LittleEndian(rest[21..], span.FirstLength);
            rest = rest[Listed..];
        }

        return bytes;
    }

    public static FrameTable Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Head) return None;
        var (kind, count) = ((FrameKind)bytes[0], BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]));
        bytes = bytes[Head..];
        if (kind == FrameKind.Regular) return new(kind, count, [new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]))]);
        if (kind != FrameKind.Listed) return new(kind, count, []);
        var spans = new FrameSpan[count];
        for (var i = 0; i < count; i++, bytes = bytes[Listed..])
        {
            spans[i] = new(
                BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), bytes[16],
                BinaryPrimitives.ReadInt32LittleEndian(bytes[17..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[21..]));
        }

        return new(kind, count, spans);
    }
}
