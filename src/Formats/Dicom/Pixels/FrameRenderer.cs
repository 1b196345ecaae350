using System.Buffers.Binary;
using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>
/// Shows frames: modality LUT or rescale, VOI LUT or window, presentation (PS3.3 C.11, PS3.4 N.2); palette and YBR to RGB (C.7.6.3, C.7.9);
/// overlays (C.9.2). Stored values of up to 16 bits go through one table of their results.
/// </summary>
public static class FrameRenderer
{
    /// <summary>A frame of an object that is in memory.</summary>
    /// <param name="frame">Number of the frame, from 0.</param>
    public static Result<RenderedFrame> Render(DicomFile file, int frame, RenderOptions? options = null) =>
        FrameDecoder.Decode(file, frame).Try(out var decoded, out var problem) ? Render(file.DataSet, decoded, frame, options) : problem;

    /// <summary>A frame that was decoded.</summary>
    /// <param name="set">The data set, or its header.</param>
    public static Result<RenderedFrame> Render(DicomDataSet set, DecodedFrame frame, int number, RenderOptions? options = null)
    {
        options ??= RenderOptions.Default;
        var pixels = frame.Pixels;
        try
        {
            var grey = pixels.Samples == 1 && pixels.Photometric != "PALETTE COLOR";
            var shown = grey ? GreyRendering.Render(set, frame, number, options) : ColourRendering.Render(set, frame);
            if (options.Overlays) Overlay.Draw(set, frame, number, shown, grey ? 1 : 4);
            return new RenderedFrame(pixels.Columns, pixels.Rows, grey, shown);
        }
        catch (CodeStreamException failure)
        {
            return new Problem(failure.IsUnsupported ? ProblemKind.Unsupported : ProblemKind.Incorrect, "dicom.render", failure.Said);
        }
    }

    /// <summary>The stored value of a sample: its bits, signed or not (C.7.6.3.1.1).</summary>
    internal static long Stored(PixelDescription pixels, ReadOnlySpan<byte> samples, int index)
    {
        ulong cell = pixels.BitsAllocated switch
        {
            8 => samples[index],
            16 => BinaryPrimitives.ReadUInt16LittleEndian(samples[(index * 2)..]),
            32 => BinaryPrimitives.ReadUInt32LittleEndian(samples[(index * 4)..]),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(samples[(index * 8)..]),
        };
        return Value(pixels, cell);
    }

    /// <summary>The stored value of a cell.</summary>
    internal static long Value(PixelDescription pixels, ulong cell)
    {
        var shifted = cell << (63 - pixels.HighBit);
        return pixels.IsSigned ? (long)shifted >> (64 - pixels.BitsStored) : (long)(shifted >> (64 - pixels.BitsStored));
    }
}
