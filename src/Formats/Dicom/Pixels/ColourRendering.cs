using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Colour frames: to red, green, blue and 255.</summary>
internal static class ColourRendering
{
    public static byte[] Render(DicomDataSet set, DecodedFrame frame)
    {
        var pixels = frame.Pixels;
        var shown = new byte[pixels.Rows * pixels.Columns * 4];
        if (pixels.Photometric == "PALETTE COLOR") Palette(set, frame, shown);
        else if (pixels.Samples < 3 || pixels.BitsAllocated > 32) throw new CodeStreamException("an image of this kind cannot be shown", unsupported: true);
        else if (pixels.Photometric is "YBR_FULL" or "YBR_FULL_422") Ybr(frame, shown, partial: false);
        else if (pixels.Photometric is "YBR_PARTIAL_422" or "YBR_PARTIAL_420") Ybr(frame, shown, partial: true);
        else if (pixels.Photometric is "RGB" or "YBR_RCT" or "YBR_ICT" or "ARGB") Rgb(frame, shown);
        else throw new CodeStreamException("an image of this photometric interpretation cannot be shown", unsupported: true);
        return shown;
    }

    private static void Rgb(DecodedFrame frame, byte[] shown)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        var (width, step, first) = (pixels.BitsAllocated / 8, pixels.Samples * pixels.BitsAllocated / 8, pixels.Photometric == "ARGB" ? pixels.BitsAllocated / 8 : 0);
        for (int i = first, o = 0; o < shown.Length; i += step, o += 4)
        {
            // Of wider samples the highest eight stored bits are shown.
            shown[o] = Level(pixels, samples, i);
            shown[o + 1] = Level(pixels, samples, i + width);
            shown[o + 2] = Level(pixels, samples, i + 2 * width);
            shown[o + 3] = 255;
        }
    }

    private static byte Level(PixelDescription pixels, ReadOnlySpan<byte> samples, int at) => pixels.BitsAllocated switch
    {
        8 => samples[at],
        16 => (byte)((samples[at] | (samples[at + 1] << 8)) >> Math.Max(0, pixels.HighBit - 7)),
        _ => (byte)(BinaryPrimitives.ReadUInt32LittleEndian(samples[at..]) >> Math.Max(0, pixels.HighBit - 7)),
    };

    /// <summary>C.7.6.3.1.2: Y, Cb, Cr of ITU-R BT.601, in fixed point of 16 bits.</summary>
    private static void Ybr(DecodedFrame frame, byte[] shown, bool partial)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        var (width, step) = (pixels.BitsAllocated / 8, pixels.Samples * pixels.BitsAllocated / 8);
        for (int i = 0, o = 0; o < shown.Length; i += step, o += 4)
        {
            int y = Level(pixels, samples, i) << 16, cb = Level(pixels, samples, i + width) - 128, cr = Level(pixels, samples, i + 2 * width) - 128;
            if (partial)
            {
                // Y from 16 to 235, Cb and Cr from 16 to 240.
                y = (int)(((y >> 16) - 16) * 76309L);
                (cb, cr) = (cb * 255 / 224, cr * 255 / 224);
            }

            shown[o] = Clamp(y + 91881 * cr);
            shown[o + 1] = Clamp(y - 22554 * cb - 46802 * cr);
            shown[o + 2] = Clamp(y + 116130 * cb);
            shown[o + 3] = 255;
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp((value + 32768) >> 16, 0, 255);

    private static void Palette(DicomDataSet set, DecodedFrame frame, byte[] shown)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        for (uint colour = 0; colour < 3; colour++)
        {
            DicomTag descriptor = new(Tags.RedPaletteDescriptor.Value + colour), data = new(Tags.RedPaletteData.Value + colour), segmented = new(Tags.RedPaletteSegmented.Value + colour);
            var table = (set.Contains(segmented) ? LookupTable.Segmented(set, descriptor, segmented) : LookupTable.Of(set, descriptor, data, pixels.IsSigned))
                ?? throw new CodeStreamException("the palette of an image is missing or does not agree with its descriptor");

            var shift = Math.Max(0, table.Bits - 8);
            for (int i = 0, o = (int)colour; o < shown.Length; i++, o += 4) shown[o] = (byte)(table.Map(FrameRenderer.Stored(pixels, samples, i)) >> shift);
        }

        for (var o = 3; o < shown.Length; o += 4) shown[o] = 255;
    }
}
