using System.Text;

namespace Yunnao.Formats.Dicom;

/// <summary>A coded character set of ISO 2022 that fills one half of the byte range, of one or two bytes a character.</summary>
internal sealed class CodedSet
{
    public static readonly CodedSet None = new(Enumerable.Repeat('\uFFFD', 256).ToArray());
    public static readonly CodedSet Ascii = new([.. Enumerable.Range(0, 256).Select(b => b < 0x80 ? (char)b : '\uFFFD')]);

    private static readonly CodedSet Romaji = new([.. Enumerable.Range(0, 256).Select(b => b switch { 0x5C => '¥', 0x7E => '\u203E', < 0x80 => (char)b, _ => '\uFFFD' })]);
    private static readonly CodedSet Katakana = new([.. Enumerable.Range(0, 256).Select(b => b is >= 0xA1 and <= 0xDF ? (char)(b - 0xA1 + 0xFF61) : '\uFFFD')]);
    private static readonly CodedSet Jis208 = new(20932, 0x80, 0x80);
    private static readonly CodedSet Jis212 = new(20932, 0x80, 0);
    private static readonly CodedSet Ks1001 = new(949, 0x80, 0x80);
    private static readonly CodedSet Gb2312 = new(936, 0x80, 0x80);

    /// <summary>Terms of PS3.3 tables C.12-2 to C.12-4, without their prefix, and the part of ISO 8859 of each; 874 is TIS 620.</summary>
    private static readonly Dictionary<string, CodedSet> Parts = new(StringComparer.Ordinal)
    {
        ["100"] = Part("iso-8859-1"), ["101"] = Part("iso-8859-2"), ["109"] = Part("iso-8859-3"), ["110"] = Part("iso-8859-4"), ["144"] = Part("iso-8859-5"),
        ["127"] = Part("iso-8859-6"), ["126"] = Part("iso-8859-7"), ["138"] = Part("iso-8859-8"), ["148"] = Part("iso-8859-9"), ["203"] = Part("iso-8859-15"),
        ["166"] = Part("windows-874"),
    };

    private static readonly Dictionary<string, string> Iso8859 = new(StringComparer.Ordinal)
    {
        ["88591"] = "100", ["88592"] = "101", ["88593"] = "109", ["88594"] = "110", ["88595"] = "144", ["88596"] = "127", ["88597"] = "126", ["88598"] = "138",
        ["88599"] = "148", ["885915"] = "203",
    };

    private readonly char[]? _table;
    private readonly Encoding? _pairs;
    private readonly byte _first;
    private readonly byte _second;

    private CodedSet(char[] table) => _table = table;

    private CodedSet(int codePage, byte first, byte second)
    {
        (_pairs, _first, _second) = (CodePage(codePage), first, second);
    }

    /// <summary>Bytes a character: 1 or 2.</summary>
    public int Width => _table is null ? 2 : 1;

    /// <summary>The left and right half of a term without its prefix: <c>100</c>, <c>13</c>, <c>87</c>; <see cref="None"/> on the left when not known.</summary>
    public static (CodedSet Left, CodedSet Right) Find(string term) => term switch
    {
        "" or "6" => (Ascii, None),
        "13" => (Romaji, Katakana),
        "87" or "159" => (Ascii, None),
        "149" => (Ascii, Ks1001),
        "58" => (Ascii, Gb2312),
        _ when Parts.TryGetValue(Iso8859.GetValueOrDefault(term, term), out var part) => (Ascii, part),
        _ => (None, None),
    };

    /// <summary>The set that an escape sequence brings into use (PS3.3 tables C.12-3 and C.12-4).</summary>
    public static bool TryEscape(ReadOnlySpan<byte> bytes, out CodedSet set, out bool isRight, out int length)
    {
        (set, isRight, length) = (None, false, 3);
        if (bytes.Length < 3) return false;
        var (one, two) = (bytes[1], bytes[2]);
        if (one == '(')
        {
            set = two switch { (byte)'B' => Ascii, (byte)'J' => Romaji, _ => None };
        }
        else if (one is (byte)')' or (byte)'-')
        {
            isRight = true;
            set = (one, two) switch
            {
                ((byte)')', (byte)'I') => Katakana,
                ((byte)'-', (byte)'A') => Parts["100"],
                ((byte)'-', (byte)'B') => Parts["101"],
                ((byte)'-', (byte)'C') => Parts["109"],
                ((byte)'-', (byte)'D') => Parts["110"],
                ((byte)'-', (byte)'L') => Parts["144"],
                ((byte)'-', (byte)'G') => Parts["127"],
                ((byte)'-', (byte)'F') => Parts["126"],
                ((byte)'-', (byte)'H') => Parts["138"],
                ((byte)'-', (byte)'M') => Parts["148"],
                ((byte)'-', (byte)'b') => Parts["203"],
                ((byte)'-', (byte)'T') => Parts["166"],
                _ => None,
            };
        }
        else if (one == '$')
        {
            if (two == 'B')
            {
                set = Jis208;
            }
            else if (bytes.Length >= 4)
            {
                length = 4;
                isRight = two == ')';
                set = (two, bytes[3]) switch
                {
                    ((byte)'(', (byte)'D') => Jis212,
                    ((byte)')', (byte)'C') => Ks1001,
                    ((byte)')', (byte)'A') => Gb2312,
                    _ => None,
                };
            }
        }

        return set != None;
    }

    public static Encoding CodePage(int number) =>
        CodePagesEncodingProvider.Instance.GetEncoding(number) ?? throw new InvalidOperationException($"There is no code page {number}.");

    public char Decode(byte b) => _table![b];

    public bool TryEncode(char c, out byte b)
    {
        b = 0;
        if (_table is null || c == '\uFFFD') return false;
        var index = Array.IndexOf(_table, c);
        b = (byte)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Adds the character of the first two bytes; returns how many bytes it took.</summary>
    public int DecodePair(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        if (bytes.Length < 2)
        {
            text.Append('\uFFFD');
            return bytes.Length;
        }

        Span<byte> pair = [(byte)(bytes[0] | _first), _second == 0 ? (byte)(bytes[1] & 0x7F) : (byte)(bytes[1] | _second)];
        Span<char> chars = stackalloc char[4];
        if (bytes[1] < 0x20 || !_pairs!.TryGetChars(pair, chars, out var count))
        {
            text.Append('\uFFFD');
            return bytes[1] < 0x20 ? 1 : 2;
        }

        text.Append(chars[..count]);
        return 2;
    }

    private static CodedSet Part(string name)
    {
        var encoding = name == "iso-8859-1" ? Encoding.Latin1
            : CodePagesEncodingProvider.Instance.GetEncoding(name) ?? throw new InvalidOperationException($"There is no encoding {name}.");
        var table = new char[256];
        for (var b = 0; b < 256; b++) table[b] = b < 0xA0 ? '\uFFFD' : encoding.GetString([(byte)b])[0];
        return new(table);
    }
}
