using System.Buffers.Text;
using System.Text;

namespace Yunnao.Formats.Fhir;

/// <summary>The text of JSON strings with escapes; the reader has checked that the escapes are whole.</summary>
internal static class JsonText
{
    /// <summary>False when a <c>\u</c> escape is half of a surrogate pair: no text has that.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> escaped)
    {
        while (true)
        {
            var at = escaped.IndexOf((byte)'\\');
            if (at < 0) return true;
            escaped = escaped[at..];
            if (escaped[1] != 'u')
            {
                escaped = escaped[2..];
                continue;
            }

            var (rune, length) = Decode(escaped);
            if (length == 0) return false;
            _ = rune;
            escaped = escaped[length..];
        }
    }

    /// <summary>Writes the text without escapes, which is never longer, and gives its length.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> text)
    {
        var written = 0;
        while (true)
        {
            var at = escaped.IndexOf((byte)'\\');
            var plain = at < 0 ? escaped : escaped[..at];
            plain.CopyTo(text[written..]);
            written += plain.Length;
            if (at < 0) return written;
            escaped = escaped[at..];
            if (escaped[1] == 'u')
            {
                var (rune, length) = Decode(escaped);
                written += rune.EncodeToUtf8(text[written..]);
                escaped = escaped[length..];
                continue;
            }

            text[written++] = escaped[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var same => same,
            };
            escaped = escaped[2..];
        }
    }

    /// <summary>Reads <c>\uXXXX</c> or a pair of them; length 0 when it is half a pair.</summary>
    private static (Rune Rune, int Length) Decode(ReadOnlySpan<byte> escaped)
    {
        var first = Hex(escaped);
        if (Rune.TryCreate(first, out var rune)) return (rune, 6);
        var isPair = escaped.Length >= 12 && escaped[6] == '\\' && escaped[7] == 'u' && Rune.TryCreate(first, Hex(escaped[6..]), out rune);
        return isPair ? (rune, 12) : (default, 0);
    }

    private static char Hex(ReadOnlySpan<byte> escape)
    {
        _ = Utf8Parser.TryParse(escape.Slice(2, 4), out ushort code, out _, 'x');
        return (char)code;
    }
}
