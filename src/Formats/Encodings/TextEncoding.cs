using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Yunnao.Formats.Encodings;

/// <summary>A character encoding of source files, and how its bytes become UTF-8.</summary>
public abstract class TextEncoding
{
    /// <summary>UTF-8; what is not UTF-8 in it is bad.</summary>
    public static readonly TextEncoding Utf8 = new Utf8Encoding();

    /// <summary>UTF-16, low byte first.</summary>
    public static readonly TextEncoding Utf16LittleEndian = new Utf16Encoding(bigEndian: false);

    /// <summary>UTF-16, high byte first.</summary>
    public static readonly TextEncoding Utf16BigEndian = new Utf16Encoding(bigEndian: true);

    /// <summary>GB 18030, and with it GBK and GB 2312.</summary>
    public static readonly TextEncoding Gb18030 = new Gb18030Encoding();

    /// <summary>ISO 8859-1.</summary>
    public static readonly TextEncoding Latin1 = new SingleByteEncoding("iso-8859-1");

    private protected TextEncoding(string name) => Name = name;

    /// <summary>Name as in a mapping's <c>encoding</c>: <c>utf-8</c>, <c>utf-16le</c>, <c>utf-16be</c>, <c>gb18030</c>, <c>iso-8859-1</c>.</summary>
    public string Name { get; }

    internal bool IsUtf16 => this == Utf16LittleEndian || this == Utf16BigEndian;

    /// <summary>
    /// The encoding of a text from its first bytes: by byte order mark; else UTF-16 by where its zero bytes are; else UTF-8 unless it has
    /// more broken than whole UTF-8 characters and fewer broken GB 18030 ones.
    /// </summary>
    public static TextEncoding Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) return Utf8;
        if (head.StartsWith(Gb18030Encoding.ByteOrderMark)) return Gb18030;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Utf16LittleEndian;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Utf16BigEndian;
        if (head.Contains((byte)0) && DetectUtf16(head) is { } utf16) return utf16;
        return System.Text.Unicode.Utf8.IsValid(head) ? Utf8 : Utf8OrGb18030(head);
    }

    /// <summary>The encoding of a name as written in mappings and messages, in any case: <c>utf-8</c>, <c>gbk</c>, <c>gb 18030-2000</c> …</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out TextEncoding? encoding)
    {
        encoding = name.Trim().ToLowerInvariant().Replace("_", "-", StringComparison.Ordinal).Replace(' ', '-') switch
        {
            "utf-8" or "utf8" or "ascii" or "us-ascii" => Utf8,
            "utf-16" or "utf-16le" or "utf16" => Utf16LittleEndian,
            "utf-16be" => Utf16BigEndian,
            "gb18030" or "gb-18030" or "gb18030-2000" or "gb-18030-2000" or "gbk" or "gb2312" or "gb-2312" or "cp936" or "936" => Gb18030,
            "iso-8859-1" or "latin1" => Latin1,
            _ => null,
        };
        return encoding is not null;
    }

    /// <summary>The text of bytes; what is bad becomes U+FFFD.</summary>
    public string Decode(ReadOnlySpan<byte> bytes)
    {
        var utf8 = new byte[TargetLength(bytes.Length)];
        Transcode(bytes, utf8, final: true, new BadBytes(), out _, out var written);
        return Encoding.UTF8.GetString(utf8, 0, written);
    }

    /// <summary>
    /// Turns bytes into UTF-8. Takes all of <paramref name="source"/> but an incomplete character at its end, which it takes too
    /// (as bad) when <paramref name="final"/>. Bad bytes become U+FFFD and are noted.
    /// </summary>
    /// <param name="target">At least <see cref="TargetLength"/> bytes.</param>
    internal abstract void Transcode(ReadOnlySpan<byte> source, Span<byte> target, bool final, BadBytes bad, out int read, out int written);

    /// <summary>Room that <see cref="Transcode"/> may need for so many source bytes: one bad byte becomes three, and some slack for whole-word writes.</summary>
    internal static int TargetLength(int source) => checked(source * 3 + 16);

    private static TextEncoding? DetectUtf16(ReadOnlySpan<byte> head)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < head.Length; i++)
        {
            if (head[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }

        // Line ends, delimiters and digits have a zero high byte, so even a Chinese text has many on one side and next to none on the other.
        var many = Math.Max(2, head.Length / 50);
        if (odd >= many && odd > 8 * even) return Utf16LittleEndian;
        return even >= many && even > 8 * odd ? Utf16BigEndian : null;
    }

    private static TextEncoding Utf8OrGb18030(ReadOnlySpan<byte> head)
    {
        var (whole, broken) = Utf8Encoding.Judge(head);
        if (whole > broken) return Utf8;
        var bad = new BadBytes();
        Gb18030.Transcode(head, new byte[TargetLength(head.Length)], final: false, bad, out _, out _);
        return bad.Count < broken ? Gb18030 : Utf8;
    }
}
