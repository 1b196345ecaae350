using System.Text.Unicode;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Formats.Csv;
using Yunnao.Formats.Encodings;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// CSV and TSV. First we walk over the records: every one is a row under the header or has a fault, and the faults are noted with their
/// places. Then the engine reads the rows, all columns as text, and their number must be the one we counted. What is not UTF-8, compressed, of
/// mixed line ends, or has faults, is written as UTF-8 on the walk, without the faults, so that the engine reads only what is well formed.
/// </summary>
internal sealed class CsvStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, WritingTransaction batch, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation, string temporaryFolder) : Stager
{
    private const int HeadBytes = 1 << 20;
    private const int RowGroupRows = 122_880;
    private const long SmallestBuffer = 32_000_000;
    private const long LargestBuffer = 128_000_000;
    private const int MostFields = 4096;
    private const int LargestRecord = 16 << 20;
    private readonly string _temporary = Path.Combine(temporaryFolder, $"{Guid.NewGuid():N}.csv");
    private readonly CsvFaults _faults = new(batch.Connection);
    private string _path = "";
    private CsvDialect _dialect = null!;
    private TableColumns _columns = new([]);
    private long _bufferBytes;
    private long _skippedBytes;
    private long _rows;

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        var (start, packed) = await ReadStartAsync(cancellation).ConfigureAwait(false);
        if (!LandedFile.EncodingOf(file).Try(out var named, out var problem)) return problem;
        var encoding = named ?? TextEncoding.Detect(start);
        var head = await ReadHeadAsync(OpenText(encoding, out _), cancellation).ConfigureAwait(false);
        if (CsvDialect.Detect(head, head.Length < HeadBytes, Delimiter(file.Mapping)) is not { } dialect)
            return new Problem(ProblemKind.Incorrect, "csv.empty", "The file has no header line.", new(file.Path));
        _dialect = dialect;
        _bufferBytes = BufferBytes(head);
        _columns = new([.. dialect.Header.Select((name, i) => (name.Trim(), $"c{i}"))]);

        var asItIs = !packed && encoding == TextEncoding.Utf8;
        if (asItIs)
        {
            _path = landedPath;
            _skippedBytes = start.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            var landed = OpenLanded();
            await using (landed.ConfigureAwait(false))
            {
                landed.Position = _skippedBytes;
                if (!Walk(landed, landed, null, progress, cancellation).Try(out asItIs, out problem)) return problem;
            }
        }

        return asItIs ? Stage(replaced: false) : await RewriteAsync(encoding, progress, cancellation).ConfigureAwait(false);
    }

    public override IEnumerable<RefusedRecord> Refused() => _faults.Read(rules[0].Shape.DataSet.Id);

    public override Task<Problem?> FinishAsync(long rows)
    {
        _faults.CorrectNumbers(batch.Number);
        var read = rows / rules.Count;
        return Task.FromResult(_rows == read
            ? null
            : new Problem(ProblemKind.Incorrect, "csv.structure", $"The file has {_rows} rows but the engine read {read}: their quotes are understood in two ways. Nothing was loaded.", new(file.Path)));
    }

    /// <summary>What the engine, unlike us, cannot read. Its own words hold values of the file.</summary>
    public override Problem? Explain(Exception exception) => exception is DuckDBException { ErrorType: DuckDBErrorType.InvalidInput }
        ? new(ProblemKind.Incorrect, "csv.structure", "The rows cannot be told apart: quotes or line ends of several kinds are mixed. Nothing was loaded.")
        : base.Explain(exception);

    public override IReadOnlyList<PathUse> Report() => _columns.Uses(batch.Connection, Reader(), rules);

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
            staged.Add(new(rule.Shape, new(Reader(), texts, organisation, null, null, null, replaced, $"{batch.Number}", sets)));
        }

        return staged;
    }

    private string Reader()
    {
        var columns = string.Join(", ", _dialect.Header.Select((_, i) => $"'c{i}': 'VARCHAR'"));
        var newLine = _dialect.LinesEndInCarriageReturn ? ", new_line = '\\r'" : "";
        return $"read_csv({Sql.Text(_path)}, auto_detect = false, header = true, delim = {Sql.Text(_dialect.Delimiter.ToString())}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
            + $"max_line_size = {2 * CsvDialect.LongestRow}, buffer_size = {_bufferBytes}{newLine})";
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

    private async Task<(byte[] Start, bool Packed)> ReadStartAsync(CancellationToken cancellation)
    {
        var landed = OpenLanded();
        var content = LandedFile.Unpacked(landed);
        return (await ReadHeadAsync(content, cancellation).ConfigureAwait(false), content != landed);
    }

    private static async Task<byte[]> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        await using (stream.ConfigureAwait(false))
        {
            var head = new byte[HeadBytes];
            var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return head[..read];
        }
    }

    private FileStream OpenLanded() => new(landedPath, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);

    private Utf8Stream OpenText(TextEncoding encoding, out FileStream landed) => Utf8Stream.Open(LandedFile.Unpacked(landed = OpenLanded()), encoding);

    /// <summary>Writes the rows of the file as UTF-8 for the engine, and notes the other records.</summary>
    private async Task<Result<IReadOnlyList<StagedSet>>> RewriteAsync(TextEncoding encoding, Action<double> progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(temporaryFolder);
        _path = _temporary;
        var text = OpenText(encoding, out var landed);
        await using (text.ConfigureAwait(false))
        {
            var target = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20);
            await using (target.ConfigureAwait(false))
            {
                if (!Walk(text, landed, target, progress, cancellation).Try(out _, out var problem)) return problem;
            }

            return Stage(text.BadCount > 0);
        }
    }

    /// <summary>Walks over the records from where the text stands, and counts the rows.</summary>
    /// <param name="target">Takes the rows, and their faults are noted; null to see whether the file can be read as it is.</param>
    /// <returns>False when there is no target and the file has to be rewritten; a problem when it is no table.</returns>
    private Result<bool> Walk(Stream text, FileStream landed, FileStream? target, Action<double> progress, CancellationToken cancellation)
    {
        _rows = 0;
        var lineEnd = (byte)(_dialect.LinesEndInCarriageReturn ? '\r' : '\n');
        var reader = new CsvRecordReader(text, _dialect, LargestRecord);
        try
        {
            while (reader.TryRead(out var record))
            {
                if (NoTable(reader, record) is { } problem) return problem;
                var bytes = reader.Bytes(record);
                var fault = record.Number == 0 ? null : _dialect.Fault(record, bytes);
                if (target is null)
                {
                    if (fault is not null || reader.MixedLineEnds || !Utf8.IsValid(bytes)) return false;
                }
                else if (fault is null)
                {
                    target.Write(bytes);
                    target.WriteByte(lineEnd);
                }
                else
                {
                    _faults.Add(record, _skippedBytes + record.Offset, fault);
                }

                if (fault is null && record.Number > 0) _rows++;
                if ((record.Number & 0xFFFF) != 0) continue;
                cancellation.ThrowIfCancellationRequested();
                progress(LandedFile.Fraction(file, landed));
            }

            return true;
        }
        finally
        {
            _faults.Complete();
        }
    }

    /// <summary>Reasons to load nothing: what follows such a record cannot be trusted.</summary>
    private Problem? NoTable(CsvRecordReader reader, in CsvRecord record)
    {
        var place = new Place(file.Path, record.Line, Offset: _skippedBytes + record.Offset);
        if (reader.EndedInQuote) return new(ProblemKind.Incorrect, "csv.structure", "A quote of this record is not closed: what follows cannot be told apart. Nothing was loaded.", place);
        if (reader.TooLong)
        {
            return new(
                ProblemKind.Incorrect, "csv.too-long-line",
                $"A line is longer than {LargestRecord >> 20} MiB: the line ends are not those of the file, or it is no table. Nothing was loaded.", place);
        }

        var most = Math.Max(MostFields, _dialect.Header.Count);
        return record.Fields <= most
            ? null
            : new(ProblemKind.Incorrect, "csv.too-many-fields", $"A line has more than {most} fields: the delimiter or the line ends are not those of the file. Nothing was loaded.", place);
    }
}
