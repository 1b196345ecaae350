using System.Text.Unicode;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Formats.Csv;
using Yunnao.Formats.Encodings;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// CSV and TSV: the engine reads the file itself, all columns as text, and keeps what it cannot read as rejects. Meanwhile we count the
/// records on our own, so that a row the engine would lose is noticed. Files that are not UTF-8, or compressed, are first written as UTF-8.
/// </summary>
internal sealed class CsvStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, WritingTransaction batch, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation, string temporaryFolder) : Stager
{
    private const int HeadBytes = 1 << 20;
    private const int RowGroupRows = 122_880;
    private const long SmallestBuffer = 32_000_000;
    private const long LargestBuffer = 128_000_000;
    private readonly string _temporary = Path.Combine(temporaryFolder, $"{Guid.NewGuid():N}.csv");
    private string _path = "";
    private CsvDialect _dialect = null!;
    private TableColumns _columns = new([]);
    private long _bufferBytes;
    private Task<long> _count = Task.FromResult(0L);
    private long _skippedBytes;
    private List<RefusedRecord> _refused = [];

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        _path = landedPath;
        var (head, packed) = await ReadHeadAsync(cancellation).ConfigureAwait(false);
        if (!LandedFile.EncodingOf(file).Try(out var named, out var problem)) return problem;
        var encoding = named ?? TextEncoding.Detect(head);
        var replaced = false;
        if (packed || encoding != TextEncoding.Utf8) (head, replaced) = await TranscodeAsync(encoding, progress, cancellation).ConfigureAwait(false);
        if (head.AsSpan().StartsWith("\uFEFF"u8))
        {
            _skippedBytes = 3;
            head = head[3..];
        }

        if (CsvDialect.Detect(head, head.Length < HeadBytes - 3, Delimiter(file.Mapping)) is not { } dialect)
            return new Problem(ProblemKind.Incorrect, "csv.empty", "The file has no header line.", new(file.Path));
        _dialect = dialect;
        _bufferBytes = BufferBytes(head);
        _columns = new([.. dialect.Header.Select((name, i) => (name.Trim(), $"c{i}"))]);
        if (_path == landedPath && ReadsPart() && !await IsUtf8Async(cancellation).ConfigureAwait(false))
        {
            (head, replaced) = await TranscodeAsync(encoding, progress, cancellation).ConfigureAwait(false);
            _skippedBytes = head.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        }

        if (WideLine(out var tooLong, cancellation) is { } wide)
        {
            if (tooLong)
            {
                return new Problem(
                    ProblemKind.Incorrect, "csv.too-long-line",
                    $"A line is longer than {CsvWideLines.MaxBytes >> 20} MiB (it begins at byte {wide} of the text): the line ends are not those of the file, or it is no table. Nothing was loaded.", new(file.Path));
            }

            return new Problem(
                ProblemKind.Incorrect, "csv.too-many-fields",
                $"A line has more than {Math.Max(CsvWideLines.MaxFields, dialect.Header.Count)} fields (it begins at byte {wide} of the text): the delimiter or the line ends are not those of the file. Nothing was loaded.", new(file.Path));
        }

        _count = Task.Run(() => CountRecords(cancellation), cancellation);
        return Stage(replaced);
    }

    public override IReadOnlyList<RefusedRecord> Refused()
    {
        var rejects = batch.Connection.Rows(
            r => (Offset: r.GetInt64(0), Kind: r.GetString(1)),
            "SELECT line_byte_position::BIGINT, min(error_type::VARCHAR) FROM refused_errors GROUP BY 1 ORDER BY 1");
        if (rejects.Count > 0) _refused = Locate(rejects);
        return _refused;
    }

    public override async Task<Problem?> FinishAsync(long rows)
    {
        if (_refused.Count > 0) CorrectRecordNumbers();
        var records = await _count.ConfigureAwait(false) - 1;
        var read = (rows / rules.Count) + _refused.Count;
        return records == read
            ? null
            : new Problem(ProblemKind.Incorrect, "csv.structure", $"The file has {records} records but only {read} can be told apart: a quote is probably not closed. Nothing was loaded.", new(file.Path));
    }

    /// <summary>Some mixtures of line ends and quotes the engine does not skip but refuses.</summary>
    public override Problem? Explain(Exception exception) => exception is DuckDBException { ErrorType: DuckDBErrorType.InvalidInput }
        ? new(ProblemKind.Incorrect, "csv.structure", "The rows cannot be told apart: quotes or line ends of several kinds are mixed. Nothing was loaded.")
        : base.Explain(exception);

    public override IReadOnlyList<PathUse> Report() => _columns.Uses(batch.Connection, Reader("report"), rules);

    public override void Dispose()
    {
        base.Dispose();
        if (File.Exists(_temporary)) File.Delete(_temporary);
    }

    private Result<IReadOnlyList<StagedSet>> Stage(bool replaced)
    {
        var staged = new List<StagedSet>();
        foreach (var rule in rules)
        {
            var missing = _columns.Missing(rule, organisation);
            if (missing.Count > 0)
            {
                // The names that are there are not shown: where the header line is missing, they are a patient's values.
                return new Problem(
                    ProblemKind.Incorrect, "csv.missing-column",
                    $"The header lacks {string.Join(", ", missing)}, which {rule.Shape.DataSet.Id} requires; {rule.Read.Count(r => _columns.Find(r.From) is not null)} of its {_dialect.Header.Count} columns are known.", new(file.Path, 1));
            }

            var texts = rule.Texts((_, from) => _columns.Find(from), codes, facts);
            staged.Add(new(rule.Shape, new(Reader("refused"), texts, organisation, file.Numbering(organisation), null, null, replaced, $"{batch.Number}", sets)));
        }

        return staged;
    }

    private string Reader(string rejects)
    {
        var columns = string.Join(", ", _dialect.Header.Select((_, i) => $"'c{i}': 'VARCHAR'"));
        var newLine = _dialect.LinesEndInCarriageReturn ? ", new_line = '\\r'" : "";
        return $"read_csv({Sql.Text(_path)}, auto_detect = false, header = true, delim = {Sql.Text(_dialect.Delimiter.ToString())}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
            + $"ignore_errors = true, store_rejects = true, rejects_table = '{rejects}_errors', rejects_scan = '{rejects}_scans', buffer_size = {_bufferBytes}{newLine})";
    }

    /// <summary>
    /// The engine cuts the file into pieces of a quarter of this size and makes row groups of each piece's rows. Pieces with a little less
    /// than a row group's rows are written as they are; those of its own size it would first copy together, for a fifth more time.
    /// </summary>
    private static long BufferBytes(ReadOnlySpan<byte> head)
    {
        var lines = head.Count((byte)'\n');
        return lines == 0 ? SmallestBuffer : Math.Clamp((long)head.Length / lines * RowGroupRows * 4 * 95 / 100, SmallestBuffer, LargestBuffer);
    }

    private static char? Delimiter(SourceMapping mapping) => mapping.Delimiter switch
    {
        null or "" => null,
        "tab" or "\\t" => '\t',
        var text => text[0],
    };

    private async Task<(byte[] Head, bool Packed)> ReadHeadAsync(CancellationToken cancellation)
    {
        var packed = false;
        var head = await ReadHeadAsync(
            () =>
            {
                var landed = File.OpenRead(landedPath);
                var content = LandedFile.Unpacked(landed);
                packed = content != landed;
                return content;
            },
            cancellation).ConfigureAwait(false);
        return (head, packed);
    }

    private static async Task<byte[]> ReadHeadAsync(Func<Stream> open, CancellationToken cancellation)
    {
        var stream = open();
        await using (stream.ConfigureAwait(false))
        {
            var head = new byte[HeadBytes];
            var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return head[..read];
        }
    }

    private async Task<(byte[] Head, bool Replaced)> TranscodeAsync(TextEncoding encoding, Action<double> progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(temporaryFolder);
        var landed = File.OpenRead(landedPath);
        var source = Utf8Stream.Open(LandedFile.Unpacked(landed), encoding);
        await using (source.ConfigureAwait(false))
        {
            var target = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
            await using (target.ConfigureAwait(false))
            {
                var buffer = new byte[1 << 20];
                for (int read; (read = await source.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
                {
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                    progress(LandedFile.Fraction(file, landed));
                }
            }

            _path = _temporary;
            return (await ReadHeadAsync(() => File.OpenRead(_temporary), cancellation).ConfigureAwait(false), source.BadCount > 0);
        }
    }

    /// <summary>
    /// True when some query reads fewer columns than the file has. Then a byte that is not UTF-8 must not reach the engine: it reports the
    /// error by the column's place in the file, looks it up among the columns of the query, and is broken for good when there is no such place.
    /// </summary>
    private bool ReadsPart() => rules.Any(r =>
        r.Shape.DataSet.Items.Any(i => i.Roles.HasFlag(Roles.Identity)) || r.Read.Select(m => _columns.Find(m.From)).OfType<string>().Distinct().Count() < _dialect.Header.Count);

    private async Task<bool> IsUtf8Async(CancellationToken cancellation)
    {
        var stream = new FileStream(landedPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[1 << 20];
            var kept = 0;
            while (true)
            {
                var read = await stream.ReadAtLeastAsync(buffer.AsMemory(kept), buffer.Length - kept, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
                var length = kept + read;
                if (length < buffer.Length) return Utf8.IsValid(buffer.AsSpan(0, length));

                // A character may be cut in two by the end of the buffer: it begins at most three bytes before.
                var end = length;
                while (end > length - 4 && (buffer[end - 1] & 0xC0) == 0x80) end--;
                if ((buffer[end - 1] & 0x80) != 0) end--;
                if (!Utf8.IsValid(buffer.AsSpan(0, end))) return false;
                kept = length - end;
                buffer.AsSpan(end).CopyTo(buffer);
            }
        }
    }

    private long? WideLine(out bool tooLong, CancellationToken cancellation)
    {
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        return CsvWideLines.Find(stream, _dialect, Math.Max(CsvWideLines.MaxFields, _dialect.Header.Count), out tooLong, cancellation);
    }

    private CsvRecordReader OpenRecords(out Stream stream)
    {
        stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        stream.Position = _skippedBytes;
        return new(stream, _dialect);
    }

    private long CountRecords(CancellationToken cancellation)
    {
        var reader = OpenRecords(out var stream);
        using (stream)
        {
            long count = 0;
            while (reader.TryRead(out _))
                if ((++count & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            return count;
        }
    }

    /// <summary>Record numbers and lines of the rejects, by one more walk over the records.</summary>
    private List<RefusedRecord> Locate(List<(long Offset, string Kind)> rejects)
    {
        var reader = OpenRecords(out var stream);
        using (stream)
        {
            var located = new List<RefusedRecord>(rejects.Count);
            var next = 0;
            while (next < rejects.Count && reader.TryRead(out var record))
            {
                var end = _skippedBytes + record.Offset + record.Length;
                if (rejects[next].Offset > end) continue;
                located.Add(new(rules[0].Shape.DataSet.Id, record.Number, _skippedBytes + record.Offset, record.Line, Code(rejects[next].Kind), null));
                while (next < rejects.Count && rejects[next].Offset <= end) next++;
            }

            return located;
        }
    }

    private static string Code(string errorType) => errorType switch
    {
        "INVALID ENCODING" or "INVALID UNICODE" => "encoding",
        "UNQUOTED VALUE" => "csv.quote",
        "LINE SIZE OVER MAXIMUM" => "csv.line-size",
        _ => "csv.columns",
    };

    /// <summary>The engine numbers the rows it could read; the skipped records count too.</summary>
    private void CorrectRecordNumbers()
    {
        batch.Connection.Execute("CREATE TEMP TABLE skipped (threshold BIGINT)");
        using (var appender = batch.Connection.CreateAppender("skipped"))
        {
            for (var k = 0; k < _refused.Count; k++) appender.CreateRow().AppendValue(_refused[k].Record!.Value - k).EndRow();
        }

        batch.Connection.Execute(
            """
            UPDATE ops.quarantine SET record_number = record_number + (SELECT count(*) FROM skipped WHERE threshold <= record_number)
            WHERE batch = $1 AND record IS NOT NULL OR batch = $1 AND "values" IS NOT NULL
            """, batch.Number);
    }
}
