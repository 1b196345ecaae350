namespace Yunnao.Formats.Csv;

/// <summary>
/// Finds the records of a CSV text and counts their fields without reading them: quoted fields may hold line ends, spaces may stand around
/// the quotes, a quote inside an unquoted field is an ordinary character. Memory is one buffer, as large as the largest record.
/// </summary>
/// <remarks>Most records have no quote: three vectorised searches a record (line end; quote and foreign line end; delimiters) and nothing else.</remarks>
public sealed class CsvRecordReader
{
    private readonly Stream _utf8;
    private readonly int _largest;
    private readonly byte _lineEnd;
    private readonly byte _foreign;
    private readonly byte _quote;
    private readonly byte _delimiter;
    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private long _offset;
    private long _line = 1;
    private long _number;
    private bool _ended;
    private bool _carriageReturns;
    private bool _plainEnds;

    /// <param name="largest">Bytes of a record from which on the reading ends, with <see cref="TooLong"/>.</param>
    public CsvRecordReader(Stream utf8, CsvDialect dialect, int largest = 128 << 20)
    {
        (_utf8, _largest) = (utf8, largest);
        (_lineEnd, _foreign) = dialect.LinesEndInCarriageReturn ? ((byte)'\r', (byte)'\n') : ((byte)'\n', (byte)'\r');
        (_quote, _delimiter) = ((byte)dialect.Quote, (byte)dialect.Delimiter);
    }

    /// <summary>True when the reading ended inside a quoted field.</summary>
    public bool EndedInQuote { get; private set; }

    /// <summary>True when the reading ended at a record longer than the largest.</summary>
    public bool TooLong { get; private set; }

    /// <summary>True when some lines so far end in CR LF and some in LF alone.</summary>
    public bool MixedLineEnds => _carriageReturns && _plainEnds;

    /// <summary>The next record; false at the end.</summary>
    public bool TryRead(out CsvRecord record)
    {
        while (NextLength(out var found))
        {
            var content = found.Length;
            var returns = _foreign == '\r' && content > 0 && _buffer[_start + content - 1] == '\r';
            if (returns) content--;
            _carriageReturns |= returns;
            _plainEnds |= found.Whole && !returns;

            record = new(_number, _offset, content, _line, found.Fields, found.Flaw);
            var consumed = found.Length + (found.Whole ? 1 : 0);
            _start += consumed;
            _offset += consumed;
            _line += found.Lines;
            if (content == 0) continue;
            _number++;
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>The bytes of the record just read; valid until the next read.</summary>
    public ReadOnlySpan<byte> Bytes(in CsvRecord record)
    {
        var start = _start - (int)(_offset - record.Offset);
        return _buffer.AsSpan(start, record.Length);
    }

    /// <summary>The next record in the buffer; false at the end of the text.</summary>
    private bool NextLength(out Found found)
    {
        var searched = 0;
        while (true)
        {
            var text = _buffer.AsSpan(_start, _end - _start);
            var lineEnd = text[searched..].IndexOf(_lineEnd);
            if (lineEnd >= 0 || (_ended && text.Length > 0))
            {
                var whole = lineEnd >= 0;
                var line = whole ? text[..(searched + lineEnd)] : text;
                if (IsPlain(line))
                {
                    found = new(line.Length, 1, line.Count(_delimiter) + 1, CsvFlaw.None, whole);
                    return true;
                }

                if (Scan(text, out found)) return true;
            }
            else if (_ended)
            {
                found = default;
                return false;
            }

            searched = lineEnd >= 0 ? 0 : text.Length;
            Fill();
        }
    }

    /// <summary>True when nothing in a line has to be looked at with care.</summary>
    private bool IsPlain(ReadOnlySpan<byte> line)
    {
        var special = line.IndexOfAny(_quote, _foreign);
        return special < 0 || (special == line.Length - 1 && line[special] == '\r' && _foreign == '\r');
    }

    /// <summary>The careful way, for records with quotes; false when the end is not in the buffer.</summary>
    private bool Scan(ReadOnlySpan<byte> text, out Found found)
    {
        found = new(0, 1, 1, CsvFlaw.None, Whole: true);
        for (var i = 0; ;)
        {
            var begin = i + Spaces(text[i..]);
            if (begin < text.Length && text[begin] == _quote)
            {
                i = begin + 1;
                if (!SkipQuoted(text, ref i, ref found)) return _ended && EndIn(text, ref found, quoted: true);
                i += Spaces(text[i..]);
                if (i < text.Length && !EndsField(text[i..])) found.Flaw = CsvFlaw.Quote;
            }

            var rest = text[i..];
            var stop = rest.IndexOfAny(_delimiter, _lineEnd);
            var field = stop < 0 ? rest : rest[..stop];
            if (found.Flaw == CsvFlaw.None && field.Contains(_foreign) && !(_foreign == '\r' && (stop < 0 || rest[stop] == _lineEnd) && field.IndexOf(_foreign) == field.Length - 1))
                found.Flaw = CsvFlaw.LineEnd;
            if (stop < 0) return _ended && EndIn(text, ref found, quoted: false);
            i += stop;
            if (text[i] == _lineEnd)
            {
                found.Length = i;
                return true;
            }

            found.Fields++;
            i++;
        }
    }

    private bool EndIn(ReadOnlySpan<byte> text, ref Found found, bool quoted)
    {
        EndedInQuote = quoted;
        (found.Length, found.Whole) = (text.Length, false);
        return true;
    }

    private static int Spaces(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept((byte)' ') is >= 0 and var some ? some : text.Length;

    private bool EndsField(ReadOnlySpan<byte> text) => text[0] == _delimiter || text[0] == _lineEnd || (text[0] == '\r' && (text.Length == 1 || text[1] == _lineEnd));

    /// <summary>Moves behind the closing quote of the field that begins before <paramref name="i"/>; false when it is not in the buffer.</summary>
    private bool SkipQuoted(ReadOnlySpan<byte> text, ref int i, ref Found found)
    {
        while (true)
        {
            var quote = text[i..].IndexOf(_quote);
            found.Lines += (quote < 0 ? text[i..] : text.Slice(i, quote)).Count(_lineEnd);
            if (quote < 0) return false;
            i += quote + 1;
            if (i == text.Length || text[i] != _quote) return i < text.Length || _ended;
            i++;
        }
    }

    private void Fill()
    {
        if (_end - _start >= _largest)
        {
            TooLong = _ended = true;
            return;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _utf8.ReadAtLeast(_buffer.AsSpan(_end), 1, throwOnEndOfStream: false);
        _end += read;
        _ended = read == 0;
    }

    private record struct Found(int Length, int Lines, int Fields, CsvFlaw Flaw, bool Whole);
}
