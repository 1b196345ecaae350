using Yunnao.Formats.Encodings;

namespace Yunnao.Formats;

/// <summary>The encoding that an XML declaration names.</summary>
internal static class XmlDeclaration
{
    /// <summary>Opens the window with the encoding of the mapping, else of the declaration, else of the bytes.</summary>
    public static async ValueTask OpenAsync(InputWindow window, TextEncoding? encoding, CancellationToken cancel)
    {
        await window.FillAsync(cancel).ConfigureAwait(false);
        if (encoding is null && window.Unread.TrimStart(" \t\r\n"u8).StartsWith("<"u8))
        {
            var declared = Encoding(window.Unread);

            // A declaration of UTF-8 over bytes of GBK is common enough that the bytes are believed, not the words.
            encoding = declared is null || declared == TextEncoding.Utf8 || declared.IsUtf16 ? TextEncoding.Detect(window.Unread) : declared;
        }

        await window.OpenAsync(encoding, cancel).ConfigureAwait(false);
    }

    private static TextEncoding? Encoding(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) return TextEncoding.Utf8;
        if (!head.StartsWith("<?xml"u8)) return null;
        var declaration = head[..Math.Min(head.Length, 200)];
        var end = declaration.IndexOf("?>"u8);
        var at = end < 0 ? -1 : declaration[..end].IndexOf("encoding"u8);
        if (at < 0) return null;
        var rest = declaration[at..end];
        var open = rest.IndexOfAny((byte)'"', (byte)'\'');
        if (open < 0) return null;
        var length = rest[(open + 1)..].IndexOf(rest[open]);
        if (length < 0) return null;
        return TextEncoding.TryParse(System.Text.Encoding.ASCII.GetString(rest.Slice(open + 1, length)), out var encoding) ? encoding : null;
    }
}
