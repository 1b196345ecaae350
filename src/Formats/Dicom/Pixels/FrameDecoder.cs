using System.IO.Compression;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Frames as samples, from every coding for which there is a decoder.</summary>
public static class FrameDecoder
{
    /// <summary>
    /// True when frames of the coding can be decoded here; JPEG 2000 needs the system's library openjp2 (Debian: <c>libopenjp2-7</c>).
    /// </summary>
    public static bool CanDecode(TransferSyntax syntax) => syntax.Coding switch
    {
        PixelCoding.Unknown => false,
        PixelCoding.Jpeg2000 => Jpeg2000Decoder.IsThere,
        _ => true,
    };

    /// <summary>A frame of an object that is in memory.</summary>
    /// <param name="frame">Number of the frame, from 0.</param>
    public static Result<DecodedFrame> Decode(DicomFile file, int frame)
    {
        if (!FrameIndex.Of(file).Try(out var index, out var problem)) return problem;
        if (frame < 0 || frame >= index.Count) return NoFrame(frame);
        var span = index.Frames[frame];
        FrameIndex.TryPixelData(file.DataSet, out var element);
        if (!element.IsEncapsulated)
        {
            var start = (int)(span.Offset - (file.DataSet.Source is null ? 0 : element.Node.Start));
            return Decode(file.DataSet, file.Syntax, span, element.Value.Slice(start, (int)span.Length));
        }

        if (element.Fragments is ParsedFragments) return Decode(file.DataSet, file.Syntax, span, file.DataSet.Source!.Bytes.Slice((int)span.Offset, (int)span.Length));
        return Decode(file.DataSet, file.Syntax, span with { Fragments = 1 }, Built(element.Fragments, span));
    }

    /// <summary>A frame from the bytes at its place in the file.</summary>
    /// <param name="set">The data set, or its header.</param>
    /// <param name="syntax">The transfer syntax of the object.</param>
    /// <param name="span">The frame's place, of <see cref="FrameIndex"/>.</param>
    /// <param name="range">The bytes at that place.</param>
    public static Result<DecodedFrame> Decode(DicomDataSet set, TransferSyntax syntax, FrameSpan span, ReadOnlyMemory<byte> range)
    {
        if (!PixelDescription.Of(set).Try(out var pixels, out var problem)) return problem;
        try
        {
            var coded = FrameIndex.Join(span, range);
            return syntax.Coding switch
            {
                PixelCoding.Native => NativeFrames.Decode(pixels, span, coded, WordBytes(set, syntax, pixels)),
                PixelCoding.EncapsulatedNative => NativeFrames.Decode(pixels, span, coded, 1),
                PixelCoding.DeflatedFrames => NativeFrames.Decode(pixels, span, Inflate(coded, pixels.FrameBytes), 1),
                PixelCoding.Rle => RleDecoder.Decode(pixels, coded.Span),
                PixelCoding.Jpeg => JpegDecoding.Decode(pixels, coded),
                PixelCoding.JpegLs => JpegLsDecoder.Decode(pixels, coded.Span),
                PixelCoding.Jpeg2000 when !Jpeg2000Decoder.IsThere => new Problem(
                    ProblemKind.Unavailable, "dicom.no-openjpeg", "JPEG 2000 is decoded by the system's library openjp2 (2.5 or later for high-throughput JPEG 2000), which is not installed"),
                PixelCoding.Jpeg2000 => Jpeg2000Decoder.Decode(pixels, coded),
                _ => new Problem(ProblemKind.Unsupported, "dicom.no-decoder", $"frames in {syntax.Name} cannot be decoded here", new Place(Path: Tags.PixelData.ToString())),
            };
        }
        catch (CodeStreamException failure)
        {
            var place = new Place(Offset: span.Offset, Path: Tags.PixelData.ToString());
            return failure.IsUnsupported
                ? new Problem(ProblemKind.Unsupported, "dicom.no-process", failure.Said, place)
                : new Problem(ProblemKind.Incorrect, "dicom.frame", failure.Said, place);
        }
    }

    private static Problem NoFrame(int frame) => new(ProblemKind.NotFound, "dicom.no-frame", $"the object has no frame {frame + 1}");

    /// <summary>Bytes that are to be turned round: of words of 16 bits also where a sample is one byte (PS3.5 8.1.2).</summary>
    private static int WordBytes(DicomDataSet set, TransferSyntax syntax, PixelDescription pixels)
    {
        if (!syntax.IsBigEndian) return 1;
        FrameIndex.TryPixelData(set, out var element);
        return pixels.BitsAllocated > 16 ? pixels.BitsAllocated / 8 : element.Vr == Vr.OB ? 1 : 2;
    }

    private static byte[] Built(IReadOnlyList<ReadOnlyMemory<byte>> fragments, FrameSpan span)
    {
        var bytes = new List<byte>();
        long offset = 16 + fragments[0].Length;
        foreach (var fragment in fragments.Skip(1))
        {
            if (offset >= span.Offset && offset < span.Offset + Math.Max(1, span.Length)) bytes.AddRange(fragment.Span);
            offset += 8 + fragment.Length;
        }

        return [.. bytes];
    }

    private static byte[] Inflate(ReadOnlyMemory<byte> coded, int size)
    {
        var frame = new byte[size];
        try
        {
            using var inflate = new DeflateStream(new PrefixedStream(coded, Stream.Null), CompressionMode.Decompress);
            inflate.ReadAtLeast(frame, size, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            throw new CodeStreamException("a deflated frame is damaged");
        }

        return frame;
    }
}
