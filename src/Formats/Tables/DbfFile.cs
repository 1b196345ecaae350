using System.Buffers.Binary;
using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Formats.Tables;

/// <summary>
/// dBASE, FoxPro and Visual FoxPro tables (.dbf), as old hospital systems keep them. Records marked as deleted are no records. Memo fields
/// are kept in another file and have no value here.
/// </summary>
/// <remarks>
/// Rejection codes: <c>encoding</c> bytes that are not of the encoding; <c>dbf.truncated</c> fewer records than the head says, or a record
/// without its end; <c>dbf.structure</c> bytes after the records that are none.
/// </remarks>
public sealed class DbfFile : TableFile
{
    private const int HeadLength = 32;
    private const byte EndOfFile = 0x1A;

    private readonly Stream _input;
    private readonly DbfField[] _fields;
    private readonly TextEncoding? _encoding;
    private readonly int _recordLength;
    private readonly long _announced;
    private readonly int _start;
    private readonly BadBytes _bad = new();
    private byte[] _utf8 = new byte[1024];

    private DbfFile(Stream input, DbfField[] fields, TextEncoding? encoding, int recordLength, long announced, int start)
    {
        (_input, _fields, _encoding, _recordLength, _announced, _start) = (input, fields, encoding, recordLength, announced, start);
        Columns = [.. fields.Select(f => f.Name)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns { get; }

    /// <summary>Reads the head of a table. Problem: <c>dbf.unreadable</c>.</summary>
    /// <param name="encoding">Null: as the language byte of the head says, else detected.</param>
    public static Result<DbfFile> Open(Stream input, TextEncoding? encoding)
    {
        var head = new byte[HeadLength];
        if (input.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) < HeadLength) return Unreadable();
        var start = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(8));
        var recordLength = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(10));
        if (start <= HeadLength || recordLength < 2) return Unreadable();
        var rest = new byte[start - HeadLength];
        if (input.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) < rest.Length) return Unreadable();
        var fields = DbfField.Read(rest, encoding ?? ByLanguage(head[29]));
        if (fields.Count == 0 || fields.Count > MaxColumns || fields[^1].Offset + fields[^1].Length > recordLength) return Unreadable();
        return new DbfFile(input, [.. fields], encoding ?? ByLanguage(head[29]), recordLength, BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)), start);
    }

    /// <inheritdoc/>
    public override long Decode(IRowSink sink, CancellationToken cancel)
    {
        var rows = Writer(sink);
        var record = new byte[_recordLength];
        var encoding = _encoding;
        var (records, read) = (0L, 0L);
        while (true)
        {
            if ((read & 0xFFFF) == 0) cancel.ThrowIfCancellationRequested();
            var offset = _start + (read * _recordLength);
            var length = _input.ReadAtLeast(record, _recordLength, throwOnEndOfStream: false);
            if (length == 0 || record[0] is EndOfFile or 0) break;
            if (length < _recordLength || record[0] is not ((byte)' ' or (byte)'*'))
            {
                sink.Reject(new(++records, offset, 0, length < _recordLength ? "dbf.truncated" : "dbf.structure", null));
                rows.Finish();
                return records;
            }

            read++;
            if (record[0] == '*') continue;
            encoding ??= TextEncoding.Detect(record) is { IsUtf16: false } detected && record.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)0x7F) ? detected : null;
            records++;
            if (!Row(record, encoding ?? TextEncoding.Utf8, rows, records, offset)) sink.Reject(new(records, offset, 0, "encoding", null));
        }

        if (read < _announced) sink.Reject(new(++records, _start + (read * _recordLength), 0, "dbf.truncated", null));
        rows.Finish();
        return records;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _input.Dispose();
    }

    private bool Row(ReadOnlySpan<byte> record, TextEncoding encoding, RowWriter rows, long number, long offset)
    {
        var batch = rows.Batch(0);
        var before = _bad.Count;
        for (var i = 0; i < _fields.Length; i++)
        {
            var cell = record.Slice(_fields[i].Offset, _fields[i].Length);
            if (_fields[i].Type == 'C') Text(batch, i, cell, encoding);
            else Set(batch, i, _fields[i].Value(cell));
        }

        if (_bad.Count > before)
        {
            batch.AbandonRow();
            return false;
        }

        rows.EndRow(0, number, offset);
        return true;
    }

    private void Text(TextBatch batch, int column, ReadOnlySpan<byte> cell, TextEncoding encoding)
    {
        cell = cell.Trim(" \0"u8);
        if (cell.IsEmpty) return;
        if (_utf8.Length < TextEncoding.TargetLength(cell.Length)) _utf8 = new byte[TextEncoding.TargetLength(cell.Length)];
        encoding.Transcode(cell, _utf8, final: true, _bad, out _, out var written);
        batch.Set(column, _utf8.AsSpan(0, written));
    }

    /// <summary>The language driver of the head, as FoxPro numbers them: 4D and 7A are code page 936, 03 and 57 Western.</summary>
    private static TextEncoding? ByLanguage(byte language) => language switch
    {
        0x4D or 0x7A => TextEncoding.Gb18030,
        0x03 or 0x57 => TextEncoding.Latin1,
        _ => null,
    };

    private static Problem Unreadable() => new(ProblemKind.Incorrect, "dbf.unreadable", "This is no readable DBF table: its head is damaged or incomplete.");
}
