using System.Text;

namespace Yunnao.Formats.Encodings;

/// <summary>An encoding of one byte a character, by a table: the parts of ISO 8859.</summary>
internal sealed class SingleByteEncoding : TextEncoding
{
    private readonly byte[][] _utf8 = new byte[256][];

    public SingleByteEncoding(string name)
        : base(name)
    {
        var encoding = Encoding.Latin1;
        if (name != "iso-8859-1")
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? throw new ArgumentException($"No encoding {name}.", nameof(name));
        for (var i = 0; i < 256; i++) _utf8[i] = Encoding.UTF8.GetBytes(encoding.GetChars([(byte)i]));
    }

    internal override void Transcode(ReadOnlySpan<byte> source, Span<byte> target, bool final, BadBytes bad, out int read, out int written)
    {
        written = 0;
        for (var i = 0; i < source.Length;)
        {
            var run = source[i..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (run < 0) run = source.Length - i;
            source.Slice(i, run).CopyTo(target[written..]);
            i += run;
            written += run;
            if (i == source.Length) break;
            var character = _utf8[source[i++]];
            character.CopyTo(target[written..]);
            written += character.Length;
        }

        read = source.Length;
    }
}
