namespace Yunnao.Formats.Csv;

/// <summary>
/// Finds the records of a CSV text without reading their fields: quoted fields may hold line ends, a quote inside an unquoted field is
/// an ordinary character. Memory is one buffer, as large as the largest record; a record over 128 MiB (a quote that is never closed) ends the reading.
/// </summary>
/// <remarks>Most records have no quote: two vectorised searches a record (line end, quote) and nothing else.</remarks>
public sealed class CsvRecordReader(Stream utf8, CsvDialect dialect)
{
    private const int LargestRecord = 128 << 20;
    private readonly byte _lineEnd = (byte)(dialect.LinesEndInCarriageReturn ? '\r' : '\n');
    private readonly byte _quote = (byte)dialect.Quote;
    private readonly byte _delimiter = (byte)dialect.Delimiter;
    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private long _offset;
    private long _line = 1;
    private long _number;
    private bool _ended;

    /// <summary>True when the reading ended inside a quoted field.</summary>
    public bool EndedInQuote { get; private set; }

    /// <summary>The next record; false at the end.</summary>
    public bool TryRead(out CsvRecord record)
    {
        while (true)
        {
            var length = NextLength(out var lines, out var whole);
            if (length < 0)
            {
                record = default;
                return false;
            }

            var content = length;
            if (content > 0 && whole && !dialect.LinesEndInCarriageReturn && _buffer[_start + content - 1] == '\r') content--;
            record = new(_number, _offset, content, _line);
            var consumed = length + (whole ? 1 : 0);
            _start += consumed;
            _offset += consumed;
            _line += lines;
            if (content == 0) continue;
            _number++;
            return true;
        }
    }

    /// <summary>The bytes of the record just read; valid until the next read.</summary>
    public ReadOnlySpan<byte> Bytes(in CsvRecord record)
    {
        var start = _start - (int)(_offset - record.Offset);
        return _buffer.AsSpan(start, record.Length);
    }

    /// <summary>Length of the next record in the buffer up to its line end; -1 at the end of the text.</summary>
    private int NextLength(out int lines, out bool whole)
    {
        var searched = 0;
        while (true)
        {
            var text = _buffer.AsSpan(_start, _end - _start);
            var lineEnd = text[searched..].IndexOf(_lineEnd);
            if (lineEnd >= 0)
            {
                lineEnd += searched;
                if (text[..lineEnd].IndexOf(_quote) < 0)
                {
                    (lines, whole) = (1, true);
                    return lineEnd;
                }

                if (TryQuotedLength(text, out var length, out lines))
                {
                    whole = true;
                    return length;
                }
            }

            searched = lineEnd >= 0 ? 0 : text.Length;
            if (Fill()) continue;
            text = _buffer.AsSpan(_start, _end - _start);
            (lines, whole) = (1, false);
            if (text.Length == 0) return -1;
            EndedInQuote = lineEnd >= 0 || InQuote(text);
            lines = text.Count(_lineEnd) + 1;
            return text.Length;
        }
    }

    /// <summary>The careful way, for records with quotes.</summary>
    private bool TryQuotedLength(ReadOnlySpan<byte> text, out int length, out int lines)
    {
        lines = 1;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == _quote)
            {
                if (!TrySkipQuoted(text, ref i, ref lines)) break;
            }

            var stop = text[i..].IndexOfAny(_delimiter, _lineEnd);
            if (stop < 0) break;
            i += stop;
            if (text[i] == _lineEnd)
            {
                length = i;
                return true;
            }

            i++;
            if (i == text.Length) break;
        }

        length = 0;
        return false;
    }

    /// <summary>Moves behind the closing quote of the field that begins at <paramref name="i"/>; false when it is not in the buffer.</summary>
    private bool TrySkipQuoted(ReadOnlySpan<byte> text, ref int i, ref int lines)
    {
        for (i++; ;)
        {
            var quote = text[i..].IndexOf(_quote);
            if (quote < 0) return false;
            lines += text.Slice(i, quote).Count(_lineEnd);
            i += quote + 1;
            if (i == text.Length) return _ended;
            if (text[i] != _quote) return true;
            i++;
        }
    }

    private bool InQuote(ReadOnlySpan<byte> text)
    {
        var inQuote = false;
        var fieldStart = true;
        foreach (var b in text)
        {
            if (b == _quote && (inQuote || fieldStart)) inQuote = !inQuote;
            fieldStart = b == _delimiter || (b == _quote && !inQuote);
        }

        return inQuote;
    }

    private bool Fill()
    {
        if (_ended) return false;
        if (_end - _start >= LargestRecord)
        {
            _ended = true;
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = utf8.ReadAtLeast(_buffer.AsSpan(_end), 1, throwOnEndOfStream: false);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
