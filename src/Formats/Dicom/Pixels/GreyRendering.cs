using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Grey frames: from stored values to bytes.</summary>
internal static class GreyRendering
{
    private static readonly DicomTag PixelValueTransformation = new(0x0028_9145);
    private static readonly DicomTag FrameVoiLut = new(0x0028_9132);
    private static readonly DicomTag PresentationLutShape = new(0x2050_0020);

    public static byte[] Render(DicomDataSet set, DecodedFrame frame, int number, RenderOptions options)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        var shown = new byte[pixels.Rows * pixels.Columns];
        var modality = Modality.Of(Macro(set, number, PixelValueTransformation), pixels);
        var invert = pixels.Photometric == "MONOCHROME1" ^ set.GetString(PresentationLutShape) == "INVERSE";
        if (pixels.IsFloat || pixels.BitsAllocated > 16)
        {
            Direct(set, frame, number, options, modality, invert, shown);
            return shown;
        }

        var cells = 1 << pixels.BitsAllocated;
        var voi = Voi.Of(Macro(set, number, FrameVoiLut), options, modality, () => Extremes(set, frame, modality));
        var table = new byte[cells];
        for (var cell = 0; cell < cells; cell++)
        {
            var level = voi.Level(modality.Apply(FrameRenderer.Value(pixels, (ulong)cell)));
            table[cell] = invert ? (byte)(255 - level) : level;
        }

        if (pixels.BitsAllocated == 8)
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = table[samples[i]];
        }
        else
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = table[BinaryPrimitives.ReadUInt16LittleEndian(samples[(i * 2)..])];
        }

        return shown;
    }

    /// <summary>The set that holds a macro's attributes for a frame: of its functional group, of the shared one, or the object itself.</summary>
    private static DicomDataSet Macro(DicomDataSet set, int number, DicomTag macro)
    {
        var frames = set.GetItems(Tags.PerFrameFunctionalGroups);
        if (number < frames.Count && frames[number].GetItems(macro) is { Count: > 0 } own) return own[0];
        var shared = set.GetItems(Tags.SharedFunctionalGroups);
        return shared.Count > 0 && shared[0].GetItems(macro) is { Count: > 0 } common ? common[0] : set;
    }

    /// <summary>Values that are wider than a table: each by itself.</summary>
    private static void Direct(DicomDataSet set, DecodedFrame frame, int number, RenderOptions options, Modality modality, bool invert, byte[] shown)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        var values = new double[shown.Length];
        for (var i = 0; i < values.Length; i++) values[i] = modality.Apply(Number(pixels, samples, i));
        var (least, most) = (double.MaxValue, double.MinValue);
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) continue;
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        var voi = Voi.Of(Macro(set, number, FrameVoiLut), options, modality, () => (least, most));
        for (var i = 0; i < values.Length; i++)
        {
            var level = voi.Level(double.IsNaN(values[i]) ? least : values[i]);
            shown[i] = invert ? (byte)(255 - level) : level;
        }
    }

    private static double Number(PixelDescription pixels, ReadOnlySpan<byte> samples, int i)
    {
        if (!pixels.IsFloat) return FrameRenderer.Stored(pixels, samples, i);
        return pixels.BitsAllocated == 64 ? BinaryPrimitives.ReadDoubleLittleEndian(samples[(i * 8)..]) : BinaryPrimitives.ReadSingleLittleEndian(samples[(i * 4)..]);
    }

    /// <summary>Least and most modality value of a frame, without the padding value.</summary>
    private static (double Least, double Most) Extremes(DicomDataSet set, DecodedFrame frame, Modality modality)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        var padding = set.GetInteger(Tags.PixelPaddingValue);
        var (least, most) = (double.MaxValue, double.MinValue);
        for (var i = 0; i < pixels.Rows * pixels.Columns; i++)
        {
            var stored = FrameRenderer.Stored(pixels, samples, i);
            if (stored == padding) continue;
            var value = modality.Apply(stored);
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        return least > most ? (0, 0) : (least, most);
    }
}
