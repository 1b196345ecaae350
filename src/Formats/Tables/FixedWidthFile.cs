using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Formats.Tables;

/// <summary>
/// Lines whose columns stand at fixed bytes of the file's own encoding, padded with blanks. A line that ends before a column has no value
/// there. Line ends are LF or CRLF; an empty line is no record.
/// </summary>
/// <remarks>Rejection codes: <c>fixed.too-long</c> a line of more than a mebibyte; <c>encoding</c> bytes that are not of the encoding.</remarks>
public sealed class FixedWidthFile : TableFile
{
    private const int MaxLine = 1 << 20;

    private readonly Stream _input;
    private readonly (string Name, int Start, int End)[] _columns;
    private readonly TextEncoding? _named;
    private readonly BadBytes _bad = new();
    private byte[] _utf8 = new byte[4096];

    private FixedWidthFile(Stream input, (string Name, int Start, int End)[] columns, TextEncoding? named) => (_input, _columns, _named) = (input, columns, named);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => [.. _columns.Select(c => c.Name)];

    /// <summary>Takes a stream to read; it is closed with the file.</summary>
    /// <param name="columns">Name, first and last byte of each column, from 1.</param>
    /// <param name="encoding">Null: detected from the first bytes.</param>
    public static Result<FixedWidthFile> Open(Stream input, IEnumerable<(string Name, int First, int Last)> columns, TextEncoding? encoding)
    {
        if (encoding is { IsUtf16: true }) return new Problem(ProblemKind.Unsupported, "fixed.encoding", "Columns at fixed bytes cannot be told in UTF-16.");
        return new FixedWidthFile(input, [.. columns.Select(c => (c.Name, c.First - 1, c.Last))], encoding);
    }

    /// <inheritdoc/>
    public override long Decode(IRowSink sink, CancellationToken cancel)
    {
        using var window = new InputWindow(_input);
        var rows = Writer(sink);
        TextEncoding? encoding = null;
        var (records, skipping) = (0L, false);
        while (true)
        {
            var unread = window.Unread;
            var length = unread.IndexOf((byte)'\n');
            if (length < 0 && !window.Complete && unread.Length < MaxLine)
            {
                cancel.ThrowIfCancellationRequested();
                window.Fill();
                if (encoding is null && window.Unread.StartsWith("\uFEFF"u8)) window.Consume(3);
                encoding ??= _named ?? TextEncoding.Detect(window.Unread);
                continue;
            }

            var line = (length < 0 ? unread : unread[..length]).TrimEnd("\r\u001A"u8);
            if (!line.IsEmpty && !skipping && (line.Length >= MaxLine || !Row(line, encoding!, rows, records + 1, window.Offset)))
                sink.Reject(new(++records, window.Offset, window.Line, line.Length >= MaxLine ? "fixed.too-long" : "encoding", null));
            else if (!line.IsEmpty && !skipping) records++;
            skipping = length < 0;
            if (length < 0 && window.Complete)
            {
                rows.Finish();
                return records;
            }

            window.Consume(length < 0 ? unread.Length : length + 1);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _input.Dispose();
    }

    private bool Row(ReadOnlySpan<byte> line, TextEncoding encoding, RowWriter rows, long record, long offset)
    {
        var batch = rows.Batch(0);
        var before = _bad.Count;
        for (var i = 0; i < _columns.Length; i++)
        {
            var (_, start, end) = _columns[i];
            if (start >= line.Length) continue;
            var cell = line[start..Math.Min(end, line.Length)].Trim((byte)' ');
            if (cell.IsEmpty) continue;
            if (_utf8.Length < TextEncoding.TargetLength(cell.Length)) _utf8 = new byte[TextEncoding.TargetLength(cell.Length)];
            encoding.Transcode(cell, _utf8, final: true, _bad, out _, out var written);
            batch.Set(i, _utf8.AsSpan(0, written));
        }

        if (_bad.Count > before)
        {
            batch.AbandonRow();
            return false;
        }

        rows.EndRow(0, record, offset);
        return true;
    }
}
