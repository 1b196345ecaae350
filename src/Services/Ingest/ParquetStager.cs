using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Parquet: the engine reads the file itself; typed columns become text, so that one path judges every source.</summary>
internal sealed class ParquetStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, WritingTransaction batch, CodeMapSql codes, CodeSets sets, FileFacts facts, string? organisation) : Stager
{
    private TableColumns _columns = new([]);

    private string Reader => $"read_parquet({Sql.Text(landedPath)})";

    public override Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation) => Task.FromResult(Stage());

    public override IEnumerable<RefusedRecord> Refused() => [];

    public override IReadOnlyList<PathUse> Report() => _columns.Uses(batch.Connection, Reader, rules);

    /// <summary>Damage beyond the file's index shows only when its rows are read.</summary>
    public override Problem? Explain(Exception exception) => exception is DuckDBException
        ? new(ProblemKind.Incorrect, "parquet.unreadable", "This is no readable Parquet file: it is damaged, incomplete or encrypted.")
        : null;

    private Result<IReadOnlyList<StagedSet>> Stage()
    {
        try
        {
            _columns = new(batch.Connection.Rows(r => (r.GetString(0), Sql.Name(r.GetString(0))), $"SELECT column_name FROM (DESCRIBE SELECT * FROM {Reader})"));
        }
        catch (DuckDBException e)
        {
            return Explain(e)! with { Where = new(file.Path) };
        }

        var staged = new List<StagedSet>();
        foreach (var rule in rules)
        {
            var missing = _columns.Missing(rule, organisation);
            if (missing.Count > 0)
                return new Problem(ProblemKind.Incorrect, "parquet.missing-column", $"The file lacks {string.Join(", ", missing)}, which {rule.Shape.DataSet.Id} requires.", new(file.Path));
            var texts = rule.Texts((_, from) => _columns.Find(from) is { } column ? $"CAST({column} AS VARCHAR)" : null, codes, facts);
            staged.Add(new(rule.Shape, new(Reader, texts, organisation, null, null, null, false, $"{batch.Number}", sets)));
        }

        return staged;
    }
}
