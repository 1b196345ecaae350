using System.Buffers.Binary;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>
/// Where each frame of an object is, so that any of them is one range read. Compressed frames are found by the basic offset table, the
/// extended one, or, where there is none, by their fragments: as many as frames, or told by the first bytes of each (PS3.5 A.4).
/// </summary>
public sealed class FrameIndex
{
    private const int ItemHead = 8;
    private readonly FrameSpan[] _frames;

    private FrameIndex(FrameSpan[] frames) => _frames = frames;

    /// <summary>Number of frames that are there; a truncated object has fewer than it says.</summary>
    public int Count => _frames.Length;

    /// <summary>The frames in order.</summary>
    public IReadOnlyList<FrameSpan> Frames => _frames;

    /// <summary>The index of an object that was read into memory. Offsets count in the bytes that were read (of a deflated one, inflated).</summary>
    public static Result<FrameIndex> Of(DicomFile file)
    {
        if (!PixelDescription.Of(file.DataSet).Try(out var pixels, out var problem)) return problem;
        if (!TryPixelData(file.DataSet, out var element) || element.IsDeferred) return NoPixels();
        if (element.IsEncapsulated)
        {
            if (element.Fragments is not ParsedFragments parsed) return Joined(element.Fragments, pixels);
            var scan = new FragmentScan();
            for (var i = 0; i < parsed.Count; i++) scan.Add(parsed.Offset(i), parsed[i].Length, parsed[i].Span);
            return new FrameIndex(scan.Frames(pixels.Frames, file.DataSet));
        }

        var offset = file.DataSet.Source is null ? 0 : element.Node.Start;
        return new FrameIndex(Native(pixels, offset, element.Value.Length));
    }

    /// <summary>The index of an object of which the header was read.</summary>
    /// <param name="stream">The whole file, seekable, with the position at which the header's offsets count being 0. Only the heads of fragments are read.</param>
    public static async ValueTask<Result<FrameIndex>> ReadAsync(Stream stream, DicomFile header, CancellationToken cancel = default)
    {
        if (!PixelDescription.Of(header.DataSet).Try(out var pixels, out var problem)) return problem;
        if (header.PixelData is not { } place || header.Syntax.IsDeflated) return NoPixels();
        if (!place.IsEncapsulated) return new FrameIndex(Native(pixels, place.Offset, Math.Min(place.Length, stream.Length - place.Offset)));
        var scan = new FragmentScan();
        await scan.ReadAsync(stream, place.Offset, cancel).ConfigureAwait(false);
        return new FrameIndex(scan.Frames(pixels.Frames, header.DataSet));
    }

    /// <summary>
    /// The bytes of a compressed frame, from the range that <see cref="FrameSpan"/> names: the same bytes when it is one fragment, else a copy
    /// without the heads of the items between the fragments.
    /// </summary>
    public static ReadOnlyMemory<byte> Join(FrameSpan frame, ReadOnlyMemory<byte> range)
    {
        if (frame.Fragments < 2) return range;
        var joined = new byte[range.Length];
        var (length, position) = (0, (int)Math.Min(frame.FirstLength, range.Length));
        range.Span[..position].CopyTo(joined);
        length = position;
        while (range.Length - position >= ItemHead)
        {
            var next = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(range.Span[(position + 4)..]), range.Length - position - ItemHead);
            position += ItemHead;
            range.Span.Slice(position, next).CopyTo(joined.AsSpan(length));
            length += next;
            position += next;
        }

        return joined.AsMemory(0, length);
    }

    internal static bool TryPixelData(DicomDataSet set, out DicomElement element) =>
        set.TryGet(Tags.PixelData, out element) || set.TryGet(Tags.FloatPixelData, out element) || set.TryGet(Tags.DoubleFloatPixelData, out element);

    internal static Problem NoPixels() => new(ProblemKind.NotFound, "dicom.no-pixels", "the object has no pixel data, or it was read without it", new Place(Path: Tags.PixelData.ToString()));

    private static FrameSpan[] Native(PixelDescription pixels, long offset, long length)
    {
        var there = (int)Math.Min(pixels.Frames, Math.Max(0, length) * 8 / Math.Max(1, pixels.FrameBits));

        // The last frame of a truncated object is of use even in part.
        if (there < pixels.Frames && length * 8 > there * pixels.FrameBits) there++;
        var frames = new FrameSpan[there];
        for (var i = 0; i < there; i++)
        {
            var bit = i * pixels.FrameBits;
            var end = Math.Min(length, (bit + pixels.FrameBits + 7) / 8);
            frames[i] = new(offset + bit / 8, end - bit / 8, (int)(bit % 8));
        }

        return frames;
    }

    /// <summary>An object that was built: its fragments lie nowhere, so they are counted as if they lay one after the other.</summary>
    private static FrameIndex Joined(IReadOnlyList<ReadOnlyMemory<byte>> fragments, PixelDescription pixels)
    {
        var scan = new FragmentScan();
        long offset = ItemHead;
        foreach (var fragment in fragments)
        {
            scan.Add(offset, fragment.Length, fragment.Span);
            offset += ItemHead + fragment.Length;
        }

        return new FrameIndex(scan.Frames(pixels.Frames, DicomDataSet.Empty));
    }
}
