using System.Buffers.Binary;
using System.Text;

namespace Yunnao.Formats.Encodings;

/// <summary>
/// GB 18030 to UTF-8. The framework's decoder is the source of the tables; ours goes straight to UTF-8, and, as the WHATWG Encoding
/// standard has it, a broken character never swallows the ASCII byte after it (a delimiter or line end), and 0x80 is the euro sign of code page 936.
/// </summary>
internal sealed class Gb18030Encoding() : TextEncoding("gb18030")
{
    private const int Trails = 190;
    private const int BmpFourByte = 39_420;
    private const int FirstSupplementary = 189_000;

    // A character's UTF-8 bytes, the first lowest; their number in the top byte; 0 where there is no character.
    private static readonly Lazy<uint[]> TwoByte = new(BuildTwoByte);
    private static readonly Lazy<uint[]> FourByte = new(BuildFourByte);

    private static ReadOnlySpan<byte> ReplacementCharacter => [0x84, 0x31, 0xA4, 0x37];

    public static ReadOnlySpan<byte> ByteOrderMark => [0x84, 0x31, 0x95, 0x33];

    internal override void Transcode(ReadOnlySpan<byte> source, Span<byte> target, bool final, BadBytes bad, out int read, out int written)
    {
        var pairs = TwoByte.Value;
        var (i, o) = (0, 0);
        while (i < source.Length)
        {
            var first = source[i];
            if (first < 0x80)
            {
                var run = source[i..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
                if (run < 0) run = source.Length - i;
                source.Slice(i, run).CopyTo(target[o..]);
                i += run;
                o += run;
                continue;
            }

            if (first is not (0x80 or 0xFF))
            {
                var second = i + 1 < source.Length ? source[i + 1] : (byte)0;
                if (i + 1 == source.Length)
                {
                    if (!final) break;
                }
                else if (second is >= 0x40 and not (0x7F or 0xFF))
                {
                    var pair = pairs[(first - 0x81) * Trails + second - (second < 0x7F ? 0x40 : 0x41)];
                    if (pair != 0)
                    {
                        BinaryPrimitives.WriteUInt32LittleEndian(target[o..], pair);
                        i += 2;
                        o += (int)(pair >> 24);
                        continue;
                    }
                }
                else if (second is >= 0x30 and <= 0x39)
                {
                    var taken = Four(source[i..], target, ref o);
                    i += taken;
                    if (taken > 0) continue;
                    if (!final && source.Length - i < 4) break;
                }
            }

            if (first == 0x80)
            {
                "€"u8.CopyTo(target[o..]);
                o += 3;
            }
            else
            {
                o = bad.Replace(target, i, o);
            }

            // The second byte of a broken pair is broken with it, unless it is ASCII.
            i += i + 1 < source.Length && first is not (0x80 or 0xFF) && source[i + 1] >= 0x80 ? 2 : 1;
        }

        (read, written) = (i, o);
    }

    /// <summary>Reads a character of four bytes; 0 when there is none or it is not all there.</summary>
    private static int Four(ReadOnlySpan<byte> source, Span<byte> target, ref int written)
    {
        if (source.Length < 4 || source[2] is < 0x81 or 0xFF || source[3] is < 0x30 or > 0x39) return 0;
        var linear = (((source[0] - 0x81) * 10 + source[1] - 0x30) * 126 + source[2] - 0x81) * 10 + source[3] - 0x30;
        if (linear < BmpFourByte)
        {
            var packed = FourByte.Value[linear];
            BinaryPrimitives.WriteUInt32LittleEndian(target[written..], packed);
            written += (int)(packed >> 24);
            return packed == 0 ? 0 : 4;
        }

        if (!Rune.TryCreate(linear - FirstSupplementary + 0x10000, out var rune) || linear < FirstSupplementary) return 0;
        written += rune.EncodeToUtf8(target[written..]);
        return 4;
    }

    private static uint[] BuildTwoByte()
    {
        var table = new uint[126 * Trails];
        for (var first = 0x81; first <= 0xFE; first++)
            for (var second = 0x40; second <= 0xFE; second++)
            {
                if (second != 0x7F)
                    table[(first - 0x81) * Trails + second - (second < 0x7F ? 0x40 : 0x41)] = Pack([(byte)first, (byte)second]);
            }

        return table;
    }

    private static uint[] BuildFourByte()
    {
        var table = new uint[BmpFourByte];
        for (var i = 0; i < table.Length; i++)
            table[i] = Pack([(byte)(0x81 + i / 12600), (byte)(0x30 + i / 1260 % 10), (byte)(0x81 + i / 10 % 126), (byte)(0x30 + i % 10)]);
        return table;
    }

    private static uint Pack(ReadOnlySpan<byte> character)
    {
        Span<char> chars = stackalloc char[4];
        Span<byte> utf8 = stackalloc byte[12];
        var framework = Framework;
        if (framework.GetChars(character, chars) != 1 || (chars[0] == '\uFFFD' && !character.SequenceEqual(ReplacementCharacter))) return 0;
        var length = Encoding.UTF8.GetBytes(chars[..1], utf8);
        var packed = (uint)length << 24;
        for (var i = 0; i < length; i++) packed |= (uint)utf8[i] << (8 * i);
        return packed;
    }

    private static readonly Encoding Framework =
        CodePagesEncodingProvider.Instance.GetEncoding(54936, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!;
}
