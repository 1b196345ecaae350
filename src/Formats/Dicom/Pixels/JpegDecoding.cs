using JpegLibrary;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>
/// JPEG (ISO 10918-1). The lossless process is decoded by <see cref="JpegLosslessDecoder"/>, the others (baseline, extended of 8 and 12 bits,
/// progressive, with Huffman or arithmetic coding) by JpegLibrary.
/// </summary>
internal static class JpegDecoding
{
    public static Result<DecodedFrame> Decode(PixelDescription pixels, ReadOnlyMemory<byte> coded)
    {
        var head = JpegHead.Read(coded.Span);
        if (head.Columns != pixels.Columns || head.Rows != pixels.Rows || head.Components != pixels.Samples)
            throw new CodeStreamException("the size of a JPEG frame is not that of the image");
        if (head.Frame is 0xC3) return JpegLosslessDecoder.Decode(pixels, head, coded.Span);
        if (head.Frame is not (0xC0 or 0xC1 or 0xC2 or 0xC9 or 0xCA)) throw new CodeStreamException("this process of JPEG is not decoded", unsupported: true);
        var samples = new ushort[pixels.SampleCount];
        try
        {
            var decoder = new JpegDecoder();
            decoder.SetInput(coded);
            decoder.Identify();
            decoder.SetOutputWriter(new SampleWriter(samples, pixels.Columns, pixels.Rows, pixels.Samples, head.Precision));
            decoder.Decode();
        }
        catch (Exception failure) when (failure is InvalidDataException or InvalidOperationException or IndexOutOfRangeException or ArgumentException or NotSupportedException or NullReferenceException or OverflowException)
        {
            throw new CodeStreamException("a JPEG frame is damaged");
        }

        return NativeFrames.Pack(pixels with { Photometric = Photometric(pixels, head) }, samples);
    }

    /// <summary>
    /// What the decoded components are: the stream's own word where it has one (the mark of Adobe, or components named R, G, B), else that of
    /// the data set, which for subsampled forms means the full one.
    /// </summary>
    private static string Photometric(PixelDescription pixels, JpegHead head)
    {
        if (pixels.Samples != 3) return pixels.Photometric;
        if (head.AdobeTransform == 0 || head.IsNamedRgb) return "RGB";
        if (head.AdobeTransform == 1 || head.IsJfif) return "YBR_FULL";
        return pixels.Photometric is "YBR_FULL_422" or "YBR_PARTIAL_422" or "YBR_PARTIAL_420" ? "YBR_FULL" : pixels.Photometric;
    }

    /// <summary>Takes blocks of 8 × 8 samples.</summary>
    private sealed class SampleWriter(ushort[] samples, int columns, int rows, int components, int precision) : JpegBlockOutputWriter
    {
        private readonly int _largest = (1 << precision) - 1;

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            if (componentIndex >= components || x >= columns || y >= rows) return;
            var block = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref blockRef, 64);
            var (width, height) = (Math.Min(8, columns - x), Math.Min(8, rows - y));
            for (var row = 0; row < height; row++)
            {
                var place = ((y + row) * columns + x) * components + componentIndex;
                for (var column = 0; column < width; column++, place += components)
                    samples[place] = (ushort)Math.Clamp((int)block[row * 8 + column], 0, _largest);
            }
        }
    }
}
