using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>Parquet: the engine reads the file itself; typed columns become text, so that one path judges every source.</summary>
internal sealed class ParquetStager(
    SourceFile file, string landedPath, IReadOnlyList<MappedRule> rules, DuckDbBatch batch, CodeMapSql codes, CodeSets sets, string? organisation) : Stager
{
    private List<string> _columns = [];

    private string Reader => $"read_parquet({Sql.Text(landedPath)})";

    public override Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation) => Task.FromResult(Stage());

    public override IReadOnlyList<RefusedRecord> Refused() => [];

    public override IReadOnlyList<PathUse> Report()
    {
        var mapped = rules.SelectMany(r => r.Read.Select(m => Find(m.From))).ToHashSet();
        var counts = string.Join(", ", _columns.Select(c => $"count({Sql.Name(c)})"));
        var row = batch.Connection.Rows(r => Enumerable.Range(0, _columns.Count).Select(i => r.GetInt64(i)).ToArray(), $"SELECT {counts} FROM {Reader}")[0];
        return [.. _columns.Select((name, i) => new PathUse(rules[0].Shape.DataSet.Id, name, row[i], mapped.Contains(name)))];
    }

    /// <summary>Damage beyond the file's index shows only when its rows are read.</summary>
    public override Problem? Explain(Exception exception) => exception is DuckDBException
        ? new(ProblemKind.Incorrect, "parquet.unreadable", "This is no readable Parquet file: it is damaged, incomplete or encrypted.")
        : null;

    private Result<IReadOnlyList<StagedSet>> Stage()
    {
        try
        {
            _columns = batch.Connection.Rows(r => r.GetString(0), $"SELECT column_name FROM (DESCRIBE SELECT * FROM {Reader})");
        }
        catch (DuckDBException e)
        {
            return Explain(e)! with { Where = new(file.Path) };
        }

        var staged = new List<StagedSet>();
        foreach (var rule in rules)
        {
            var missing = rule.Read.Where(r => r.Item.Required && Find(r.From) is null && !(r.Item.Roles.HasFlag(Standards.Roles.Organisation) && organisation is not null)).Select(r => r.From).ToList();
            if (missing.Count > 0)
                return new Problem(ProblemKind.Incorrect, "parquet.missing-column", $"The file lacks {string.Join(", ", missing)}, which {rule.Shape.DataSet.Id} requires.", new(file.Path));
            var texts = rule.Texts((_, from) => Find(from) is { } column ? $"CAST({Sql.Name(column)} AS VARCHAR)" : null, codes);
            staged.Add(new(rule.Shape, new(Reader, texts, organisation, null, null, null, false, batch.Number, sets)));
        }

        return staged;
    }

    private string? Find(string name) => _columns.Find(c => c.Equals(name, StringComparison.OrdinalIgnoreCase));
}
