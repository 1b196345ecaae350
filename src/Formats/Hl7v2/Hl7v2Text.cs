using System.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Hl7v2;

/// <summary>
/// A message as UTF-8. What counts, in this order: the mapping; MSH-18; the bytes. UTF-8 messages (all ASCII ones too) are used where
/// they lie. GB 18030 is transcoded before anything is split, since the second byte of its characters can be a delimiter.
/// </summary>
internal sealed class Hl7v2Text(TextEncoding? mapped)
{
    private readonly Hl7v2Charset _charset = new();
    private readonly BadBytes _bad = new();
    private byte[] _utf8 = new byte[8192];
    private TextEncoding _detected = TextEncoding.Utf8;

    /// <summary>Notes the encoding that the head of the file seems to have.</summary>
    public void Look(ReadOnlySpan<byte> head) => _detected = TextEncoding.Detect(head);

    /// <summary>Gives the message as UTF-8 and the encoding it was in; on failure the code of what is wrong.</summary>
    public string? Read(ReadOnlySpan<byte> sent, out ReadOnlySpan<byte> utf8, out TextEncoding used)
    {
        utf8 = sent;
        used = TextEncoding.Utf8;
        if (mapped is not null && !mapped.IsUtf16)
        {
            used = mapped;
        }
        else if (!Ascii.IsValid(sent) || sent.IndexOf("\\X"u8) >= 0)
        {
            // Also a message of ASCII alone may hold bytes of its character set, in \X...\ escapes.
            var known = _charset.TryFind(DeclaredName(sent), out var declared);
            var isUtf8 = System.Text.Unicode.Utf8.IsValid(sent);
            if (!known && !isUtf8) return "hl7v2.charset";

            // Senders that name a part of ISO 8859 and send UTF-8 are common; text of ISO 8859 that is valid UTF-8 by chance is not.
            if (isUtf8 && declared is SingleByteEncoding && !Ascii.IsValid(sent)) declared = null;
            used = declared ?? Guess(sent, isUtf8);
        }

        if (used == TextEncoding.Utf8) return System.Text.Unicode.Utf8.IsValid(sent) ? null : "hl7v2.encoding";
        utf8 = Transcode(sent, used);
        return _bad.Count == 0 ? null : "hl7v2.encoding";
    }

    private TextEncoding Guess(ReadOnlySpan<byte> sent, bool isUtf8)
    {
        if (_detected == TextEncoding.Gb18030) return TextEncoding.Gb18030;
        return isUtf8 ? TextEncoding.Utf8 : TextEncoding.Detect(sent);
    }

    private ReadOnlySpan<byte> Transcode(ReadOnlySpan<byte> sent, TextEncoding from)
    {
        var length = TextEncoding.TargetLength(sent.Length);
        if (_utf8.Length < length) _utf8 = new byte[Math.Max(length, _utf8.Length * 2)];
        _bad.Clear();
        from.Transcode(sent, _utf8, final: true, _bad, out _, out var written);
        return _utf8.AsSpan(0, written);
    }

    /// <summary>MSH-18, first repetition. Counts delimiters in the bytes as sent, but in a header with GB 18030 text, in its UTF-8 form.</summary>
    private ReadOnlySpan<byte> DeclaredName(ReadOnlySpan<byte> sent)
    {
        var end = sent.IndexOfAny((byte)'\r', (byte)'\n');
        var header = end < 0 ? sent : sent[..end];
        if (!System.Text.Unicode.Utf8.IsValid(header)) header = Transcode(header, TextEncoding.Gb18030);
        if (!Delimiters.TryRead(header, out var delimiters)) return default;
        for (var field = 1; field < 18; field++)
        {
            var at = header.IndexOf(delimiters.Field);
            if (at < 0) return default;
            header = header[(at + 1)..];
        }

        end = header.IndexOf(delimiters.Field);
        if (end >= 0) header = header[..end];
        end = delimiters.Repetition == 0 ? -1 : header.IndexOf(delimiters.Repetition);
        return (end < 0 ? header : header[..end]).Trim(" "u8);
    }
}
