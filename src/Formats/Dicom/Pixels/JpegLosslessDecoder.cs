using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>The lossless process of JPEG with Huffman coding (ISO 10918-1 H, process 14): samples of 2 to 16 bits, predictors 1 to 7.</summary>
internal static class JpegLosslessDecoder
{
    public static DecodedFrame Decode(PixelDescription pixels, JpegHead head, ReadOnlySpan<byte> coded)
    {
        var frame = coded[head.FrameOffset..];
        for (var c = 0; c < head.Components; c++)
            if (frame[7 + 3 * c] != 0x11) throw new CodeStreamException("lossless JPEG with subsampled components is not decoded", unsupported: true);
        var samples = new ushort[pixels.SampleCount];
        var tables = new HuffmanTable?[4];
        var (at, restart, scans) = (2, 0, 0);
        while (at + 4 <= coded.Length)
        {
            if (coded[at] != 0xFF || coded[at + 1] is 0x00 or 0xFF or (>= 0xD0 and <= 0xD8))
            {
                at++;
                continue;
            }

            var marker = coded[at + 1];
            if (marker == 0xD9) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(coded[(at + 2)..]);
            if (length < 2 || at + 2 + length > coded.Length) break;
            var body = coded.Slice(at + 4, length - 2);
            at += 2 + length;
            if (marker == 0xC4) Tables(body, tables);
            if (marker == 0xDD && body.Length >= 2) restart = BinaryPrimitives.ReadUInt16BigEndian(body);
            if (marker != 0xDA) continue;
            at += Scan(coded[at..], body, frame, head, tables, restart, samples);
            scans++;
        }

        if (scans == 0) throw new CodeStreamException("a lossless JPEG stream has no scan");
        return NativeFrames.Pack(pixels, samples);
    }

    private static void Tables(ReadOnlySpan<byte> body, HuffmanTable?[] tables)
    {
        while (body.Length >= 17)
        {
            var count = 0;
            for (var i = 1; i <= 16; i++) count += body[i];
            if (count > 256 || body.Length < 17 + count || (body[0] & 0x0F) > 3) throw new CodeStreamException("a Huffman table of JPEG is damaged");
            tables[body[0] & 0x0F] = new HuffmanTable(body.Slice(1, 16), body.Slice(17, count));
            body = body[(17 + count)..];
        }
    }

    private static int Scan(ReadOnlySpan<byte> entropy, ReadOnlySpan<byte> scan, ReadOnlySpan<byte> frame, JpegHead head, HuffmanTable?[] tables, int restart, ushort[] samples)
    {
        var count = scan.Length > 0 ? scan[0] : 0;
        if (count is 0 or > 4 || scan.Length < 4 + 2 * count) throw new CodeStreamException("a scan header of JPEG is damaged");
        var used = new HuffmanTable[count];
        var places = new int[count];
        for (var i = 0; i < count; i++)
        {
            used[i] = tables[(scan[2 + 2 * i] >> 4) & 3] ?? throw new CodeStreamException("a scan of JPEG uses a table that is not there");
            places[i] = -1;
            for (var c = 0; c < head.Components; c++)
                if (frame[6 + 3 * c] == scan[1 + 2 * i]) places[i] = c;
            if (places[i] < 0) throw new CodeStreamException("a scan of JPEG uses a component that is not there");
        }

        var predictor = scan[1 + 2 * count];
        var transform = scan[3 + 2 * count] & 0x0F;
        if (predictor is 0 or > 7 || transform >= head.Precision) throw new CodeStreamException("a predictor of lossless JPEG is not one of the standard");
        var bits = new EntropyBits(entropy);
        Samples(ref bits, samples, head, used, places, predictor, transform, restart);
        return bits.Consumed();
    }

    private static void Samples(ref EntropyBits bits, ushort[] samples, JpegHead head, HuffmanTable[] tables, int[] places, int predictor, int transform, int restart)
    {
        var step = head.Components;
        var stride = head.Columns * step;
        var first = 1 << (head.Precision - transform - 1);
        var left = restart;
        var fresh = true;
        for (var row = 0; row < head.Rows; row++)
        {
            var line = samples.AsSpan(row * stride, stride);
            var above = row > 0 ? samples.AsSpan((row - 1) * stride, stride) : default;
            for (var column = 0; column < head.Columns; column++)
            {
                if (restart > 0 && left == 0)
                {
                    // After a restart the predictor begins anew as at the start of the scan.
                    if (!bits.Restart()) return;
                    (left, fresh) = (restart, true);
                }

                left--;
                for (var i = 0; i < places.Length; i++)
                {
                    var at = column * step + places[i];
                    int prediction;
                    if (fresh) prediction = first;
                    else if (row == 0 || (restart > 0 && RestartedRow(row, column, head.Columns, restart))) prediction = column > 0 ? line[at - step] >> transform : first;
                    else if (column == 0) prediction = above[at] >> transform;
                    else prediction = Predict(predictor, line[at - step] >> transform, above[at] >> transform, above[at - step] >> transform);
                    if (!Difference(ref bits, tables[i], out var difference)) return;
                    line[at] = (ushort)(((prediction + difference) & 0xFFFF) << transform);
                }

                fresh = false;
            }
        }
    }

    /// <summary>True in the rest of the first line after a restart: it has no line above (H.1.2.1). Restarts stand at beginnings of lines.</summary>
    private static bool RestartedRow(int row, int column, int columns, int restart) => ((long)row * columns + column) / restart * restart >= (long)row * columns;

    private static int Predict(int predictor, int a, int b, int c) => predictor switch
    {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    };

    private static bool Difference(ref EntropyBits bits, HuffmanTable table, out int difference)
    {
        difference = 0;
        var category = table.Decode(bits.Peek(16), out var length);
        if (category is < 0 or > 16) throw new CodeStreamException("a code of lossless JPEG is not in its table");
        if (!bits.Skip(length)) return false;
        if (category == 0) return true;
        if (category == 16)
        {
            difference = 32768;
            return true;
        }

        var value = bits.Peek(category);
        if (!bits.Skip(category)) return false;
        difference = value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
        return true;
    }
}
