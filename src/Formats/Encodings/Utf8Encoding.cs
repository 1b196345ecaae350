using System.Buffers;
using System.Text;

namespace Yunnao.Formats.Encodings;

/// <summary>UTF-8 to UTF-8: valid stretches are copied, the rest replaced.</summary>
internal sealed class Utf8Encoding() : TextEncoding("utf-8")
{
    private const int Stretch = 4096;

    /// <summary>Whole characters of more than one byte, and broken ones.</summary>
    public static (int Whole, int Broken) Judge(ReadOnlySpan<byte> text)
    {
        var (whole, broken) = (0, 0);
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out _, out var length);
            if (status == OperationStatus.Done && length > 1) whole++;
            if (status == OperationStatus.InvalidData) broken++;
            text = text[length..];
        }

        return (whole, broken);
    }

    internal override void Transcode(ReadOnlySpan<byte> source, Span<byte> target, bool final, BadBytes bad, out int read, out int written)
    {
        (read, written) = (0, 0);
        var end = final ? source.Length : WholeLength(source);
        while (read < end)
        {
            var length = WholeLength(source[read..Math.Min(end, read + Stretch)]);
            if (length == 0) length = end - read;
            if (System.Text.Unicode.Utf8.IsValid(source.Slice(read, length)))
            {
                source.Slice(read, length).CopyTo(target[written..]);
                read += length;
                written += length;
            }
            else
            {
                Repair(source.Slice(read, length), target, bad, read, ref written);
                read += length;
            }
        }
    }

    private static void Repair(ReadOnlySpan<byte> source, Span<byte> target, BadBytes bad, int at, ref int written)
    {
        for (var i = 0; i < source.Length;)
        {
            var whole = Rune.DecodeFromUtf8(source[i..], out _, out var length) == OperationStatus.Done;
            if (whole)
            {
                source.Slice(i, length).CopyTo(target[written..]);
                written += length;
            }
            else
            {
                written = bad.Replace(target, at + i, written);
            }

            i += length;
        }
    }

    /// <summary>Length without an incomplete character at the end.</summary>
    private static int WholeLength(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var value = text[^back];
            if (value < 0x80) break;
            if (value < 0xC0) continue;
            var needs = value < 0xE0 ? 2 : value < 0xF0 ? 3 : 4;
            return needs > back ? text.Length - back : text.Length;
        }

        return text.Length;
    }
}
