using Yunnao.Formats;
using Yunnao.Formats.Tables;
using Yunnao.Formats.Xlsx;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>XLSX sheets, fixed-width files and DBF tables: our readers fill one staging table with all columns, which the rules then read as they read a CSV file.</summary>
internal sealed class TableStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, WritingTransaction batch, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation) : Stager
{
    private readonly Dictionary<TextTable, TableColumns> _tables = [];
    private readonly List<RefusedRecord> _refused = [];

    public override async Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation)
    {
        if (LandedFile.Empty(file) is { } empty) return empty;
        var staged = new List<StagedSet>();
        foreach (var same in rules.GroupBy(r => (r.Rule.Layout?.Sheet, r.Rule.Layout?.HeaderRow)))
        {
            if (!Open(same.First().Rule).Try(out var table, out var problem)) return problem with { Where = new(file.Path) };
            using (table)
            {
                var text = await FillAsync(table, progress, cancellation).ConfigureAwait(false);
                foreach (var rule in same)
                {
                    if (!Stage(rule, table, text).Try(out var set, out problem)) return problem;
                    staged.Add(set);
                }
            }
        }

        return staged;
    }

    public override IEnumerable<RefusedRecord> Refused() => _refused;

    public override IReadOnlyList<PathUse> Report() => [.. _tables.SelectMany(t => t.Value.Uses(batch.Connection, Sql.Name(t.Key.Name), rules))];

    public override Problem? Explain(Exception exception) => exception is InvalidDataException && file.Mapping.Format == "xlsx"
        ? new(ProblemKind.Incorrect, "xlsx.unreadable", "The sheet is damaged or incomplete. Nothing was loaded.")
        : base.Explain(exception);

    private Result<TableFile> Open(MappingRule rule)
    {
        if (!LandedFile.EncodingOf(file).Try(out var encoding, out var problem)) return problem;
        var landed = new FileStream(landedPath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        if (file.Mapping.Format == "xlsx") return Up(XlsxTable.Open(landed, rule.Layout!.Sheet, rule.Layout.HeaderRow));
        var content = LandedFile.Unpacked(landed);
        var opened = file.Mapping.Format == "dbf"
            ? Up(DbfFile.Open(content, encoding))
            : Up(FixedWidthFile.Open(content, rule.Layout!.Columns.Select(c => (c.Name, c.First, c.Last)), encoding));
        if (!opened.Ok) content.Dispose();
        return opened;
    }

    private static Result<TableFile> Up<T>(Result<T> opened)
        where T : TableFile => opened.Try(out var table, out var problem) ? table : problem;

    private async Task<TextTable> FillAsync(TableFile table, Action<double> progress, CancellationToken cancellation)
    {
        var columns = table.Columns.Select((_, i) => $"c{i}").ToList();
        var text = TextTable.Create(batch.Connection, $"staged {_tables.Count}", columns);
        Task Decode(IRowSink sink)
        {
            table.Decode(sink, cancellation);
            return Task.CompletedTask;
        }

        var plan = new RowPlan("", [], null, null, [.. columns.Select(c => new ColumnPlan(c, c))]);
        using var tables = new StagingTables(1, _ => text);
        _ = tables.Of(0);
        _refused.AddRange(await StagingSink.FillAsync(tables, [plan], batch, Decode, () => progress(0), cancellation).ConfigureAwait(false));
        _tables.Add(text, new([.. table.Columns.Select((name, i) => (name, Sql.Name($"c{i}")))]));
        return text;
    }

    private Result<StagedSet> Stage(MappedRule rule, TableFile table, TextTable text)
    {
        var columns = _tables[text];
        var missing = columns.Missing(rule, organisation);
        if (missing.Count > 0)
        {
            return new Problem(
                ProblemKind.Incorrect, "table.missing-column",
                $"The table lacks {string.Join(", ", missing)}, which {rule.Shape.DataSet.Id} requires; {rule.Read.Count(r => columns.Find(r.From) is not null)} of its {table.Columns.Count} columns are known.", new(file.Path));
        }

        var texts = rule.Texts((_, from) => columns.Find(from), codes, facts);
        return new StagedSet(rule.Shape, new(Sql.Name(text.Name), texts, organisation, null, TextTable.RecordColumn, TextTable.OffsetColumn, false, $"{batch.Number}", sets));
    }
}
