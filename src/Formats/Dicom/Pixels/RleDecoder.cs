using System.Buffers.Binary;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>RLE (PS3.5 G): a segment for each byte of each sample, the highest byte first, each packed by itself.</summary>
internal static class RleDecoder
{
    private const int HeadLength = 64;

    public static Result<DecodedFrame> Decode(PixelDescription pixels, ReadOnlySpan<byte> coded)
    {
        var isBits = pixels.BitsAllocated == 1;
        var width = Math.Max(1, pixels.BitsAllocated / 8);
        var segments = isBits ? 1 : pixels.Samples * width;
        if (coded.Length < HeadLength) throw new CodeStreamException("an RLE frame ends inside its head");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(coded);
        if (count != segments) throw new CodeStreamException("an RLE frame has not one segment for each byte of a pixel");
        var area = isBits ? pixels.FrameBytes : pixels.Rows * pixels.Columns;
        var samples = new byte[area * segments];
        for (var s = 0; s < segments; s++)
        {
            var start = BinaryPrimitives.ReadUInt32LittleEndian(coded[(4 + 4 * s)..]);
            var end = s + 1 < segments ? BinaryPrimitives.ReadUInt32LittleEndian(coded[(8 + 4 * s)..]) : (uint)coded.Length;
            if (start < HeadLength || start > coded.Length || end < start || end > coded.Length) throw new CodeStreamException("a segment of an RLE frame lies outside of it");
            var sample = s / width;
            var place = sample * width + (width - 1 - s % width);
            Unpack(coded[(int)start..(int)end], samples, place, segments, area);
        }

        return isBits ? NativeFrames.Bits(pixels, 0, samples) : new DecodedFrame(pixels with { IsPlanar = false }, samples);
    }

    private static void Unpack(ReadOnlySpan<byte> segment, Span<byte> samples, int place, int step, int area)
    {
        var (at, left) = (place, area);
        for (var i = 0; i < segment.Length && left > 0;)
        {
            var control = (sbyte)segment[i++];
            if (control == -128) continue;
            if (control >= 0)
            {
                var run = Math.Min(Math.Min(control + 1, left), segment.Length - i);
                if (step == 1)
                {
                    segment.Slice(i, run).CopyTo(samples[at..]);
                    at += run;
                }
                else
                {
                    for (var k = 0; k < run; k++, at += step) samples[at] = segment[i + k];
                }

                i += run;
                left -= run;
                continue;
            }

            if (i == segment.Length) return;
            var repeat = Math.Min(1 - control, left);
            var value = segment[i++];
            if (step == 1)
            {
                samples.Slice(at, repeat).Fill(value);
                at += repeat;
            }
            else
            {
                for (var k = 0; k < repeat; k++, at += step) samples[at] = value;
            }

            left -= repeat;
        }
    }
}
