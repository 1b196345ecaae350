using Yunnao.Formats.Csv;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Xlsx;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Mapping;

/// <summary>The first rows of an unknown table: what is known of a source before it has a mapping.</summary>
/// <param name="Format">csv or xlsx.</param>
/// <param name="Encoding">Name of the encoding of a text file; null for xlsx.</param>
/// <param name="Rows">Rows read.</param>
public sealed record SampleTable(string File, string Format, string? Encoding, IReadOnlyList<SampleColumn> Columns, int Rows)
{
    private const int MaxBytes = 8 << 20;
    private const int MaxRows = 5000;

    /// <summary>Reads a sample of a CSV file (plain or gzip, any encoding) or of the first sheet of a workbook. Problems: <c>ingest.no-file</c>, <c>csv.empty</c>, <c>xlsx.…</c>.</summary>
    public static Result<SampleTable> Read(string path)
    {
        if (!System.IO.File.Exists(path)) return new Problem(ProblemKind.NotFound, "ingest.no-file", "There is no such file or folder.", new(path));
        return path.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase) ? ReadSheet(path) : ReadText(path);
    }

    private static Result<SampleTable> ReadText(string path)
    {
        using var utf8 = Utf8Stream.Open(LandedFile.Unpacked(System.IO.File.OpenRead(path)));
        var text = new byte[MaxBytes];
        var length = utf8.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        var bom = text.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        var head = text.AsMemory(bom, length - bom);
        var whole = length < MaxBytes;
        if (CsvDialect.Detect(head.Span, whole) is not { } dialect) return new Problem(ProblemKind.Incorrect, "csv.empty", "The file has no header line.", new(path));
        var columns = dialect.Header.Select(h => new SampleColumn(h.Trim())).ToList();
        var reader = new CsvRecordReader(new MemoryStream(text, bom, length - bom), dialect);
        var rows = 0;
        while (rows < MaxRows && reader.TryRead(out var record))
        {
            // The last record of a cut text is cut too.
            if (record.Number == 0 || (!whole && record.Offset + record.Length >= head.Length)) continue;
            var fields = dialect.Fields(head.Span.Slice((int)record.Offset, record.Length));
            for (var i = 0; i < Math.Min(fields.Count, columns.Count); i++) columns[i].Add(fields[i]);
            rows++;
        }

        return new SampleTable(path, "csv", (utf8.Encoding ?? TextEncoding.Utf8).Name, columns, rows);
    }

    private static Result<SampleTable> ReadSheet(string path)
    {
        if (!XlsxTable.Open(System.IO.File.OpenRead(path), null, 1).Try(out var sheet, out var problem)) return problem with { Where = new(path) };
        using (sheet)
        {
            using var sink = new SampleSink(sheet.Columns, MaxRows);
            try
            {
                sheet.Decode(sink, sink.Enough);
            }
            catch (OperationCanceledException)
            {
                // The sample is large enough.
            }

            return new SampleTable(path, "xlsx", null, sink.Columns, sink.Rows);
        }
    }
}
