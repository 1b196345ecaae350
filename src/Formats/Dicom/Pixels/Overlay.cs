namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Overlays (PS3.3 C.9.2): up to 16 planes of single bits, by themselves or in unused bits of the pixel cells.</summary>
internal static class Overlay
{
    /// <summary>Draws all graphics of an object into a shown frame, in white.</summary>
    /// <param name="step">Bytes of a shown pixel.</param>
    public static void Draw(DicomDataSet set, DecodedFrame frame, int number, byte[] shown, int step)
    {
        for (ushort group = 0x6000; group <= 0x601E; group += 2)
        {
            if (set.GetInteger(new(group, 0x10)) is not { } rows || set.GetInteger(new(group, 0x11)) is not { } columns) continue;

            // A frame of an overlay belongs to a frame of the image from the Image Frame Origin (60xx,0051) on.
            var plane = (set.GetInteger(new(group, 0x15)) ?? 1) > 1 ? number - ((set.GetInteger(new(group, 0x51)) ?? 1) - 1) : 0;
            if (plane < 0 || rows <= 0 || columns <= 0 || rows > 65535 || columns > 65535) continue;
            var (top, left) = ((set.GetInteger(new(group, 0x50)) ?? 1) - 1, (set.GetInteger(new(group, 0x50), 1) ?? 1) - 1);
            if (set.TryGet(new(group, 0x3000), out var data) && !data.IsEmpty) Bits(data, plane * rows * columns, (int)rows, (int)columns, top, left, frame.Pixels, shown, step);
            else if (set.GetInteger(new(group, 0x102)) is { } bit and > 0) Embedded(frame, (int)bit, shown, step);
        }
    }

    private static void Bits(DicomElement data, long first, int rows, int columns, long top, long left, PixelDescription pixels, byte[] shown, int step)
    {
        var bytes = data.Value.Span;
        for (var row = 0; row < rows; row++)
        {
            var y = row + top;
            if (y < 0 || y >= pixels.Rows) continue;
            for (var column = 0; column < columns; column++)
            {
                var bit = first + (long)row * columns + column;
                var at = bit / 8;
                if (at >= bytes.Length) return;
                if (data.IsBigEndian && data.Vr == Vr.OW) at ^= 1;
                var x = column + left;
                if (x >= 0 && x < pixels.Columns && ((bytes[(int)at] >> (int)(bit % 8)) & 1) == 1) White(shown, (int)(y * pixels.Columns + x) * step, step);
            }
        }
    }

    private static void Embedded(DecodedFrame frame, int bit, byte[] shown, int step)
    {
        var pixels = frame.Pixels;
        var samples = frame.Samples.Span;
        if (bit >= pixels.BitsAllocated || (bit <= pixels.HighBit && bit > pixels.HighBit - pixels.BitsStored)) return;
        var width = pixels.BitsAllocated / 8;
        for (var i = 0; i < pixels.Rows * pixels.Columns; i++)
            if (((samples[i * width + bit / 8] >> (bit % 8)) & 1) == 1) White(shown, i * step, step);
    }

    private static void White(byte[] shown, int at, int step)
    {
        for (var i = 0; i < Math.Min(step, 3); i++) shown[at + i] = 255;
    }
}
