using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>What the segments before the first scan of a JPEG or JPEG-LS stream say.</summary>
/// <param name="Frame">The second byte of the frame's marker: C0 baseline … C3 lossless, F7 JPEG-LS.</param>
/// <param name="FrameOffset">Where the frame header begins, after its marker and length.</param>
/// <param name="ScanOffset">Where the first scan's marker is.</param>
/// <param name="AdobeTransform">Of the mark of Adobe: 0 no colour transform, 1 YCbCr, 2 YCCK; -1 without mark.</param>
internal sealed record JpegHead(
    byte Frame, int FrameOffset, int ScanOffset, int Precision, int Rows, int Columns, int Components, bool IsJfif, int AdobeTransform, bool IsNamedRgb)
{
    public static JpegHead Read(ReadOnlySpan<byte> coded)
    {
        if (coded.Length < 4 || coded[0] != 0xFF || coded[1] != 0xD8) throw new CodeStreamException("a frame does not begin as a JPEG stream does");
        var (at, isJfif, adobe) = (2, false, -1);
        JpegHead? head = null;
        while (at + 4 <= coded.Length)
        {
            if (coded[at] != 0xFF)
            {
                at++;
                continue;
            }

            var marker = coded[at + 1];
            if (marker is 0xFF or 0x00 or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += marker == 0xFF ? 1 : 2;
                continue;
            }

            if (marker == 0xD9) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(coded[(at + 2)..]);
            if (length < 2 || at + 2 + length > coded.Length) break;
            var body = coded.Slice(at + 4, length - 2);
            if (marker == 0xDA) return head is null ? throw new CodeStreamException("a JPEG stream has a scan before its frame header") : head with { ScanOffset = at, IsJfif = isJfif, AdobeTransform = adobe };
            if (marker == 0xE0 && body.StartsWith("JFIF\0"u8)) isJfif = true;
            if (marker == 0xEE && body.Length >= 12 && body.StartsWith("Adobe"u8)) adobe = body[11];
            if (marker is (>= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC)) or 0xF7) head = FrameHeader(marker, at + 4, body);
            at += 2 + length;
        }

        throw new CodeStreamException("a JPEG stream ends before its first scan");
    }

    private static JpegHead FrameHeader(byte marker, int offset, ReadOnlySpan<byte> body)
    {
        if (body.Length < 6 || body.Length < 6 + 3 * body[5]) throw new CodeStreamException("the frame header of a JPEG stream is too short");
        var named = body[5] == 3 && body[6] == 'R' && body[9] == 'G' && body[12] == 'B';
        return new(marker, offset, 0, body[0], BinaryPrimitives.ReadUInt16BigEndian(body[1..]), BinaryPrimitives.ReadUInt16BigEndian(body[3..]), body[5], false, -1, named);
    }
}
