using CsCheck;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

public sealed class SupersedingTests
{
    private static readonly Gen<Row> s_row = Gen.Select(
        Gen.Int[1, 12], Gen.Int[0, 1000], Gen.Int[0, 9], Gen.Int[0, 2],
        (key, value, refused, org) => new Row(key, value, Refused: refused == 0 ? "type value" : null, Org: $"{(char)('A' + org)}"));

    private static readonly Gen<Step> s_step = Gen.Select(
        Gen.Int[0, 9], s_row.Array[0, 15], Gen.Int[1, 12],
        (kind, rows, batch) => kind switch { 0 => new Step(null, null), < 3 => new(null, batch), _ => new(rows, null) });

    /// <summary>A batch, or the taking back of one, or the closing and opening of the lake.</summary>
    private sealed record Step(Row[]? Rows, int? TakeBack);

    [Fact]
    public void Any_sequence_of_batches_and_takings_back_leaves_what_the_model_says() => s_step.Array[1, 14].Sample(
        steps =>
        {
            using var folder = new LakeFolder();
            var lake = folder.Open();
            try
            {
                var model = new LakeModel();
                foreach (var step in steps)
                {
                    var (stand, before) = (lake.Stand, Versions(lake, current: true));
                    if (step.Rows is { } rows) Load(lake, model, rows);
                    else if (step.TakeBack is { } batch) TakeBack(lake, model, batch);
                    else lake = Reopen(lake, folder);
                    Assert.Equal(model.Current, Versions(lake, current: true));
                    Assert.Equal(model.History, Versions(lake, current: false));

                    // Whoever keeps a row knows by the number when it is another one, and whoever keeps a list when it is another one.
                    if (step is { Rows: null, TakeBack: null }) continue;
                    Assert.True(lake.Stand is { Commits: not null, Changes: not null });
                    if (before.Except(model.Current).Any()) Assert.NotEqual(stand.Changes, lake.Stand.Changes);
                    if (step.Rows is not null) Assert.NotEqual(stand.Commits, lake.Stand.Commits);
                }
            }
            finally
            {
                lake.Dispose();
            }
        },
        iter: 30,
        threads: 2);

    private static DuckDbLake Reopen(DuckDbLake lake, LakeFolder folder)
    {
        lake.Dispose();
        return folder.Open();
    }

    private static void Load(DuckDbLake lake, LakeModel model, Row[] rows)
    {
        using var batch = lake.Begin(LakeFolder.Header(objectId: null)).Value;
        if (rows.Length > 0) batch.AppendLab(rows);
        var count = batch.Settle(TestShapes.Lab);
        Assert.Equal(model.Load(rows), ((int)count.Accepted, (int)count.Quarantined, (int)count.Superseded));
        Assert.Equal(model.Batches, batch.Commit().Number);
    }

    private static void TakeBack(DuckDbLake lake, LakeModel model, int batch)
    {
        var result = lake.TakeBack(batch);
        if (batch > model.Batches) Assert.Equal("batch.unknown", result.Problem?.Code);
        else if (model.TakeBack(batch)) Assert.True(result.Ok);
        else Assert.Equal("batch.already-taken-back", result.Problem?.Code);
    }

    private static List<LakeModel.Version> Versions(DuckDbLake lake, bool current)
    {
        var table = current ? "lab.result" : "history.\"lab.result\"";
        return lake.Read(c => c.Scalar<long>("SELECT count(*) FROM duckdb_columns() WHERE column_name = 'result_no' AND (schema_name = 'history') <> $1", current) == 0
            ? []
            : c.Rows(
                r => new LakeModel.Version(r.GetString(0), r.GetInt32(1), r.GetInt32(2), r.GetDouble(3), r.IsDBNull(4) ? null : r.GetInt32(4)),
                $"SELECT _org || result_no[2:], _version, _batch, value, {(current ? "NULL::INTEGER" : "_superseded_by")} FROM {table} ORDER BY ALL"))
            .Order().ToList();
    }
}
