using System.Buffers;

namespace Yunnao.Formats.Hl7v2;

/// <summary>Where messages begin and end in a file: at <c>MSH</c>, batch segments or MLLP bytes at the start of a line.</summary>
internal static class Hl7v2Frames
{
    /// <summary>MLLP start and end of block.</summary>
    public const byte Start = Mllp.Start;
    public const byte End = Mllp.End;

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create([(byte)'\r', (byte)'\n', Start, End]);

    /// <summary>What a line begins.</summary>
    public enum Kind
    {
        Message,
        BatchStart,
        BatchEnd,
        FileSegment,
        Other,
    }

    /// <summary>
    /// Bytes between messages that mean nothing: blanks, line ends, a byte order mark, the MLLP end of block, the DOS end of file (Ctrl-Z).
    /// </summary>
    public static int SkipBlank(ReadOnlySpan<byte> text)
    {
        var i = 0;
        for (; i < text.Length; i++)
        {
            if (text[i] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or End or 0x1A) continue;
            if (!text[i..].StartsWith("\uFEFF"u8)) break;
            i += 2;
        }

        return i;
    }

    public static Kind KindOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("MSH"u8) && line.Length > 3) return Kind.Message;
        if (line.Length > 3 && char.IsAsciiLetterOrDigit((char)line[3])) return Kind.Other;
        if (line.StartsWith("BHS"u8)) return Kind.BatchStart;
        if (line.StartsWith("BTS"u8)) return Kind.BatchEnd;
        return line.StartsWith("FHS"u8) || line.StartsWith("FTS"u8) ? Kind.FileSegment : Kind.Other;
    }

    /// <summary>Length of a line without its end; -1 when its end is not in the text.</summary>
    public static int LineLength(ReadOnlySpan<byte> text) => text.IndexOfAny(LineEnds);

    /// <summary>
    /// Length of a message that begins the text: to the next line that begins a message or batch segment, or MLLP byte; -1 when that is
    /// not in the text.
    /// </summary>
    /// <param name="complete">True when nothing follows the text.</param>
    public static int MessageLength(ReadOnlySpan<byte> text, bool complete)
    {
        for (var at = 0; ;)
        {
            var found = text[at..].IndexOfAny(LineEnds);
            if (found < 0) return -1;
            at += found;
            if (text[at] is Start or End) return at;
            at++;
            if (at < text.Length && text[at] == '\n' && text[at - 1] == '\r') at++;

            // Four bytes must be seen to know what the next line is.
            if (at == text.Length || (text.Length - at < 4 && !complete)) return -1;
            if (text[at] is (byte)'M' or (byte)'F' or (byte)'B' && KindOf(text[at..]) != Kind.Other) return at;
            if (text[at..].StartsWith("\uFEFFM"u8)) return at;
        }
    }
}
