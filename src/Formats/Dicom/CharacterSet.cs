using System.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// The character repertoires of a data set, Specific Character Set (0008,0005), with the code extensions of ISO 2022 (PS3.3 C.12.1.1.2,
/// PS3.5 6.1.2). A byte that is no character becomes U+FFFD.
/// </summary>
public sealed class CharacterSet
{
    /// <summary>ASCII, which holds where nothing is said.</summary>
    public static readonly CharacterSet Default = new([""], CodedSet.Ascii, CodedSet.None, whole: null);

    /// <summary>UTF-8.</summary>
    public static readonly CharacterSet Utf8 = new(["ISO_IR 192"], CodedSet.Ascii, CodedSet.None, (TextEncoding.Utf8, Encoding.UTF8));

    private readonly CodedSet _left;
    private readonly CodedSet _right;
    private readonly (TextEncoding Read, Encoding Write)? _whole;

    private CharacterSet(string[] terms, CodedSet left, CodedSet right, (TextEncoding Read, Encoding Write)? whole)
    {
        (Terms, _left, _right, _whole) = (terms, left, right, whole);
    }

    /// <summary>The values of (0008,0005), at least one; the first is empty for ASCII.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>True when all values of (0008,0005) are defined terms of the standard.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>
    /// The character set of the values of (0008,0005). Common misspellings are understood (<c>ISO-IR 100</c>, <c>ISO 2022 IR100</c>,
    /// <c>UTF-8</c>); what is not known reads as ASCII and, where bytes are beyond it, as UTF-8 or else Latin-1.
    /// </summary>
    public static CharacterSet Of(IReadOnlyList<string> terms)
    {
        if (terms.Count == 0 || (terms.Count == 1 && terms[0].Length == 0)) return Default;
        var first = Normal(terms[0]);
        if (first is "192" or "UTF8") return Utf8;
        if (TextEncoding.TryParse(first, out var named) && named == TextEncoding.Gb18030) return new([.. terms], CodedSet.Ascii, CodedSet.None, (TextEncoding.Gb18030, CodedSet.CodePage(54936)));
        var (left, right) = CodedSet.Find(first);
        var known = left != CodedSet.None;
        for (var i = 1; i < terms.Count; i++) known &= CodedSet.Find(Normal(terms[i])).Left != CodedSet.None;
        if (left == CodedSet.None) left = CodedSet.Ascii;

        // With ideographs of Korea or China in use and nothing else beyond ASCII, the right half is theirs: some leave the escape sequence out.
        for (var i = 1; i < terms.Count && right == CodedSet.None; i++)
            if (Normal(terms[i]) is "149" or "58") right = CodedSet.Find(Normal(terms[i])).Right;
        return new([.. terms], left, right, null) { IsKnown = known };
    }

    /// <summary>The text of a value.</summary>
    /// <param name="vr">Its representation: the delimiters after which the first sets hold again depend on it.</param>
    public string Decode(ReadOnlySpan<byte> bytes, Vr vr)
    {
        if (_left == CodedSet.Ascii && Ascii.IsValid(bytes) && !bytes.Contains((byte)0x1B)) return Encoding.ASCII.GetString(bytes);
        if (_whole is { } whole) return whole.Read.Decode(bytes);
        if (_right == CodedSet.None && (!IsKnown || Terms[0].Length == 0))
        {
            if (bytes.Contains((byte)0x1B)) return Extended(bytes, vr);
            return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        }

        return Extended(bytes, vr);
    }

    /// <summary>
    /// The bytes of a text; false when the character set cannot write it. Sets with code extensions write only what their first set has:
    /// texts beyond it belong into a set in UTF-8.
    /// </summary>
    public bool TryEncode(string text, out byte[] bytes)
    {
        if (Ascii.IsValid(text) && _left == CodedSet.Ascii)
        {
            bytes = Encoding.ASCII.GetBytes(text);
            return true;
        }

        if (_whole is { } whole)
        {
            bytes = whole.Write.GetBytes(text);
            return whole.Read.Decode(bytes) == text;
        }

        bytes = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!_left.TryEncode(text[i], out bytes[i]) && !_right.TryEncode(text[i], out bytes[i])) return false;
        }

        return true;
    }

    private static string Normal(string term)
    {
        var plain = term.Trim().ToUpperInvariant().Replace('_', ' ').Replace('-', ' ');
        if (plain.StartsWith("ISO 2022", StringComparison.Ordinal)) plain = plain[8..];
        else if (plain.StartsWith("ISO8859", StringComparison.Ordinal)) return "8859" + plain[7..].Trim();
        else if (plain.StartsWith("ISO 8859", StringComparison.Ordinal)) return "8859" + plain[8..].Trim();
        else if (plain.StartsWith("ISO", StringComparison.Ordinal)) plain = plain[3..];
        plain = plain.Replace(" ", "", StringComparison.Ordinal);
        return plain.StartsWith("IR", StringComparison.Ordinal) ? plain[2..] : plain;
    }

    private string Extended(ReadOnlySpan<byte> bytes, Vr vr)
    {
        var text = new StringBuilder(bytes.Length);
        var (left, right) = (_left, _right);
        for (var i = 0; i < bytes.Length;)
        {
            var b = bytes[i];
            if (b == 0x1B)
            {
                i = Escape(bytes, i, text, ref left, ref right);
                continue;
            }

            var set = b < 0x80 ? left : right;
            if (b < 0x20 || b == 0x7F || (b == 0x20 && set.Width == 1))
            {
                // PS3.5 6.1.2.5.3: at the end of a line or page the first sets hold again.
                if (b is 0x0A or 0x0C or 0x0D or 0x09) (left, right) = (_left, _right);
                text.Append((char)b);
                i++;
                continue;
            }

            if (set.Width == 2)
            {
                i += set.DecodePair(bytes[i..], text);
                continue;
            }

            var delimits = (b == '\\' && !vr.IsSingleText()) || (vr == Vr.PN && b is (byte)'^' or (byte)'=');
            if (delimits) (left, right) = (_left, _right);
            text.Append(delimits ? (char)b : set.Decode(b));
            i++;
        }

        return text.ToString();
    }

    private static int Escape(ReadOnlySpan<byte> bytes, int at, StringBuilder text, ref CodedSet left, ref CodedSet right)
    {
        if (CodedSet.TryEscape(bytes[at..], out var set, out var isRight, out var length))
        {
            if (isRight) right = set;
            else left = set;
            return at + length;
        }

        text.Append('\uFFFD');
        return at + 1;
    }
}
