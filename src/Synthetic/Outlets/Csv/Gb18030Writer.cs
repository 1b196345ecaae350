using System.Text;

namespace Yunnao.Synthetic.Outlets.Csv;

/// <summary>UTF-8 to GB 18030 through a table of the two-byte characters; the framework writes the rest.</summary>
internal static class Gb18030Writer
{
    private static readonly Encoding Framework = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;
    private static readonly Lazy<ushort[]> Pairs = new(Build);

    /// <summary>Writes the text; the target must have 4/3 of its bytes and 4 more. Returns the length.</summary>
    public static int Encode(ReadOnlySpan<byte> utf8, Span<byte> target)
    {
        var pairs = Pairs.Value;
        var (i, o) = (0, 0);
        while (i < utf8.Length)
        {
            var first = utf8[i];
            if (first < 0x80)
            {
                target[o++] = first;
                i++;
                continue;
            }

            if (first is >= 0xE0 and < 0xF0 && utf8.Length - i >= 3)
            {
                var pair = pairs[((first & 0xF) << 12) | ((utf8[i + 1] & 0x3F) << 6) | (utf8[i + 2] & 0x3F)];
                if (pair != 0)
                {
                    target[o++] = (byte)(pair >> 8);
                    target[o++] = (byte)pair;
                    i += 3;
                    continue;
                }
            }

            Rune.DecodeFromUtf8(utf8[i..], out var rune, out var consumed);
            o += Framework.GetBytes(rune.ToString(), target[o..]);
            i += consumed;
        }

        return o;
    }

    private static ushort[] Build()
    {
        var table = new ushort[0x10000];
        Span<byte> bytes = stackalloc byte[8];
        for (var c = 0x800; c < 0x10000; c++)
        {
            if (!char.IsSurrogate((char)c) && Framework.GetBytes([(char)c], bytes) == 2) table[c] = (ushort)((bytes[0] << 8) | bytes[1]);
        }

        return table;
    }
}
