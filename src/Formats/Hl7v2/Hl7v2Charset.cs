using System.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Hl7v2;

/// <summary>What MSH-18 says of the encoding of a message (HL7 table 0211).</summary>
internal sealed class Hl7v2Charset
{
    private readonly Dictionary<string, TextEncoding?> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// The encoding of a name of table 0211 or one in common use. Null with true: the name says nothing (empty, ASCII, UNICODE without
    /// form), the bytes must tell. False: a character set that is not supported.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> name, out TextEncoding? encoding)
    {
        encoding = null;
        if (name.IsEmpty || name.SequenceEqual("ASCII"u8) || name.SequenceEqual("UNICODE"u8)) return true;
        if (name.SequenceEqual("UNICODE UTF-8"u8))
        {
            encoding = TextEncoding.Utf8;
            return true;
        }

        if (name.Length > 24) return false;
        var text = Encoding.Latin1.GetString(name);
        if (!_known.TryGetValue(text, out encoding))
        {
            encoding = Find(text);
            if (_known.Count < 64) _known.Add(text, encoding);
        }

        return encoding is not null;
    }

    private static TextEncoding? Find(string name)
    {
        var plain = name.Trim().ToUpperInvariant();
        if (plain.StartsWith("UNICODE ", StringComparison.Ordinal)) plain = plain[8..];
        if (plain is "8859/1" or "ISO IR6" or "ISO IR 6") return TextEncoding.Latin1;
        if (plain.StartsWith("8859/", StringComparison.Ordinal) && plain[5..] is "2" or "3" or "4" or "5" or "6" or "7" or "8" or "9" or "15")
            return new SingleByteEncoding("iso-8859-" + plain[5..]);
        if (plain is "GB" or "GB 13000" or "CHN" or "GB18030-2005" or "GB 18030-2005" or "GB18030-2022") return TextEncoding.Gb18030;
        return TextEncoding.TryParse(plain, out var encoding) && !encoding.IsUtf16 ? encoding : null;
    }
}
