using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Uncompressed frames (PS3.5 8.1) brought into the one layout of <see cref="DecodedFrame"/>.</summary>
internal static class NativeFrames
{
    /// <param name="word">Bytes of a word whose order is to be turned round; 1 for none.</param>
    public static Result<DecodedFrame> Decode(PixelDescription pixels, FrameSpan span, ReadOnlyMemory<byte> bytes, int word)
    {
        var frame = bytes;
        if (word > 1)
        {
            var turned = new byte[bytes.Length];
            DataSetEncoder.Copy(bytes.Span, turned, word, turn: true);
            frame = turned;
        }

        if (pixels.BitsAllocated == 1) return Bits(pixels, span.FirstBit, frame.Span);
        if (frame.Length < pixels.FrameBytes)
        {
            // The rest of a frame that was cut off is black.
            var whole = new byte[pixels.FrameBytes];
            frame.CopyTo(whole);
            frame = whole;
        }

        if (pixels.IsSubsampled) return Subsampled(pixels, frame.Span);
        if (pixels.IsPlanar) return Interleave(pixels, frame.Span);
        return new DecodedFrame(pixels, frame[..pixels.FrameBytes]);
    }

    /// <summary>Samples of one colour after those of another become pixels.</summary>
    public static DecodedFrame Interleave(PixelDescription pixels, ReadOnlySpan<byte> planes)
    {
        var samples = new byte[pixels.FrameBytes];
        var count = pixels.Rows * pixels.Columns;
        var width = pixels.BitsAllocated / 8;
        for (var s = 0; s < pixels.Samples; s++)
        {
            var plane = planes.Slice(s * count * width, count * width);
            if (width == 1)
            {
                for (int i = 0, o = s; i < plane.Length; i++, o += pixels.Samples) samples[o] = plane[i];
            }
            else
            {
                for (var i = 0; i < count; i++) plane.Slice(i * width, width).CopyTo(samples.AsSpan((i * pixels.Samples + s) * width));
            }
        }

        return new(pixels with { IsPlanar = false }, samples);
    }

    /// <summary>Single bits, the lowest of a byte first, become bytes.</summary>
    public static DecodedFrame Bits(PixelDescription pixels, int firstBit, ReadOnlySpan<byte> bytes)
    {
        var samples = new byte[pixels.SampleCount];
        for (var i = 0; i < samples.Length; i++)
        {
            var bit = firstBit + i;
            if (bit / 8 >= bytes.Length) break;
            samples[i] = (byte)((bytes[bit / 8] >> (bit % 8)) & 1);
        }

        return new(pixels with { BitsAllocated = 8, BitsStored = 1, HighBit = 0 }, samples);
    }

    /// <summary>Y1 Y2 Cb Cr for two pixels (PS3.3 C.7.6.3.1.2, YBR_FULL_422).</summary>
    private static DecodedFrame Subsampled(PixelDescription pixels, ReadOnlySpan<byte> bytes)
    {
        var full = pixels with { Photometric = pixels.Photometric == "YBR_FULL_422" ? "YBR_FULL" : pixels.Photometric, IsPlanar = false };
        if (pixels.BitsAllocated != 8) throw new CodeStreamException("YBR_FULL_422 of more than 8 bits is not decoded", unsupported: true);
        var samples = new byte[pixels.SampleCount];
        for (int i = 0, o = 0; i + 3 < bytes.Length && o + 5 < samples.Length; i += 4, o += 6)
        {
            var (y1, y2, cb, cr) = (bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]);
            (samples[o], samples[o + 1], samples[o + 2]) = (y1, cb, cr);
            (samples[o + 3], samples[o + 4], samples[o + 5]) = (y2, cb, cr);
        }

        return new(full with { Photometric = "YBR_FULL" }, samples);
    }

    /// <summary>Puts decoded samples of 16 bits into cells of the image.</summary>
    public static DecodedFrame Pack(PixelDescription pixels, ReadOnlySpan<ushort> samples)
    {
        if (pixels.BitsAllocated is not (8 or 16)) throw new CodeStreamException("compressed samples of this size are not decoded", unsupported: true);
        if (pixels.BitsAllocated == 8)
        {
            var narrow = new byte[samples.Length];
            for (var i = 0; i < samples.Length; i++) narrow[i] = (byte)samples[i];
            return new(pixels with { IsPlanar = false }, narrow);
        }

        var bytes = new byte[samples.Length * 2];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(samples).CopyTo(bytes);
        else for (var i = 0; i < samples.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), samples[i]);
        return new(pixels with { IsPlanar = false }, bytes);
    }
}
