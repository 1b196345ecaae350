namespace Yunnao.Formats.Csv;

/// <summary>
/// Looks for a line of an absurd number of fields, or of an absurd length, before the engine reads the file: the engine notes every field too
/// many as a fault of its own, which takes minutes for a line of some megabytes, and keeps a line whole in memory. Of short lines only a byte
/// in forty is looked at.
/// </summary>
public static class CsvWideLines
{
    /// <summary>Fields of a line, from which on it is no record.</summary>
    public const int MaxFields = 4096;

    /// <summary>Bytes of a line, from which on it is no record.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>A line of fewer bytes cannot have so many fields.</summary>
    private const int ShortLine = MaxFields;

    /// <summary>The byte offset of the first such line, from where the stream stands; null when there is none.</summary>
    /// <param name="most">Fields that are allowed: <see cref="MaxFields"/>, or more for a header of more.</param>
    /// <param name="tooLong">True when the line is longer than <see cref="MaxBytes"/>; false when it has too many fields.</param>
    public static long? Find(Stream utf8, CsvDialect dialect, int most, out bool tooLong, CancellationToken cancellation)
    {
        tooLong = false;
        var buffer = new byte[1 << 20];
        var lineEnd = (byte)(dialect.LinesEndInCarriageReturn ? '\r' : '\n');
        var (kept, offset, lineStart, fields, quoted, isLong) = (0, 0L, 0L, 0, false, false);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = utf8.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
            var text = buffer.AsSpan(0, kept + read);
            var ended = read < buffer.Length - kept;
            var at = 0;
            while (at < text.Length)
            {
                if (!isLong)
                {
                    var last = text[at..Math.Min(text.Length, at + ShortLine)].LastIndexOf(lineEnd);
                    if (last >= 0)
                    {
                        at += last + 1;
                        continue;
                    }

                    if (text.Length - at < ShortLine) break;
                    (isLong, lineStart, fields, quoted) = (true, offset + at, 1, false);
                }

                var end = text[at..].IndexOf(lineEnd);
                var part = end < 0 ? text[at..] : text.Slice(at, end);
                fields += Delimiters(part, (byte)dialect.Delimiter, (byte)dialect.Quote, ref quoted);
                tooLong = offset + at + part.Length - lineStart > MaxBytes;
                if (tooLong || fields > most) return lineStart;
                isLong = end < 0;
                at += part.Length + (end < 0 ? 0 : 1);
            }

            if (ended) return null;
            kept = text.Length - at;
            text[at..].CopyTo(buffer);
            offset += at;
        }
    }

    private static int Delimiters(ReadOnlySpan<byte> part, byte delimiter, byte quote, ref bool quoted)
    {
        var count = 0;
        while (true)
        {
            var next = part.IndexOf(quote);
            if (!quoted) count += (next < 0 ? part : part[..next]).Count(delimiter);
            if (next < 0) return count;
            quoted = !quoted;
            part = part[(next + 1)..];
        }
    }
}
