using Xunit;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Trust.Rights;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

public sealed class UpkeepTests : IDisposable
{
    private readonly LakeFolder _folder = new();
    private readonly FileObjectStore _objects;

    public UpkeepTests() => _objects = FileObjectStore.Open(Path.Combine(_folder.Path, "objects"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Optimize_clusters_what_changed_and_loses_nothing()
    {
        using var lake = _folder.Open();
        await Load(lake, [.. Enumerable.Range(1, 50).Select(i => new Row(i, i, (ulong)(i * 7 % 11), i % 10 == 0 ? "type value" : null))]);
        await Load(lake, [.. Enumerable.Range(40, 20).Select(i => new Row(i, i + 100, (ulong)(i % 3)))]);
        var before = (await lake.Sql("SELECT _record, _version, value FROM lab.result ORDER BY 1")).Value;
        var report = Assert.Single((await lake.OptimizeAsync(Token)).Value);
        Assert.Equal(("lab.result", (long)before.Count), (report.DataSet, report.Rows));
        Assert.Equal(before, (await lake.Sql("SELECT _record, _version, value FROM lab.result ORDER BY 1")).Value);
        var subjects = lake.Read(c => c.Rows(r => r.GetFieldValue<ulong>(0), "SELECT _subject FROM lab.result"));
        Assert.Equal(subjects.Order(), subjects);
        Assert.Empty((await lake.OptimizeAsync(Token)).Value);
        Assert.Empty(await lake.VerifyAsync(_objects, Token));
        await Load(lake, [new Row(99, 1)]);
        Assert.Single((await lake.OptimizeAsync(Token)).Value);
    }

    [Fact]
    public async Task A_batch_is_taken_back_also_after_optimize()
    {
        using var lake = _folder.Open();
        await Load(lake, [new Row(1, 10), new Row(2, 20)]);
        await Load(lake, [new Row(1, 11)]);
        await lake.OptimizeAsync(Token);
        Assert.True(lake.TakeBack(2, Token).Ok);
        Assert.Equal(["10|1", "20|1"], (await lake.Sql("SELECT value, _version FROM lab.result ORDER BY 1")).Value);
        Assert.Empty(await lake.VerifyAsync(_objects, Token));
    }

    [Fact]
    public async Task Stats_count_rows_history_quarantine_and_bytes()
    {
        using var lake = _folder.Open();
        await Load(lake, [new Row(1, 10), new Row(2, 20), new Row(3, 30, Refused: "type value")]);
        await Load(lake, [new Row(1, 11)]);
        await lake.OptimizeAsync(Token);
        var lab = (await lake.StatsAsync(Token)).Single(s => s.DataSet == "lab.result");
        Assert.Equal((2, 1, 1, true), (lab.Rows, lab.HistoryRows, lab.QuarantineRows, lab.Sorted));
        Assert.True(lab.Bytes > 0);
    }

    [Theory]
    [InlineData("DELETE FROM lab.result WHERE result_no = 'R1'", "verify.ledger")]
    [InlineData("DELETE FROM ops.quarantine", "verify.ledger")]
    [InlineData("INSERT INTO lab.result SELECT * FROM lab.result WHERE result_no = 'R1'", "verify.ledger")]
    [InlineData("UPDATE lab.result SET _batch = 9 WHERE result_no = 'R1'", "verify.ledger")]
    [InlineData("UPDATE ops.batch SET accepted = accepted + 1", "verify.ledger")]
    [InlineData("UPDATE ops.batch_count SET received = received + 1", "verify.ledger")]
    [InlineData("UPDATE history.\"lab.result\" SET _superseded_by = 77", "verify.ledger")]
    [InlineData("DELETE FROM history.\"lab.result\"", "verify.ledger")]
    [InlineData("UPDATE ops.batch SET object_id = replace(object_id, 'a', 'b')", "verify.orphan")]
    public async Task Verify_finds_what_does_not_fit(string damage, string code)
    {
        using var lake = _folder.Open();
        await Load(lake, [new Row(1, 10), new Row(2, 20), new Row(3, 30, Refused: "type value")]);
        await Load(lake, [new Row(1, 11)]);
        Assert.Empty(await lake.VerifyAsync(_objects, Token));
        lake.Read(c => c.Execute(damage));
        Assert.Contains(code, (await lake.VerifyAsync(_objects, Token)).Select(p => p.Code));
    }

    [Fact]
    public async Task Verify_finds_landed_files_that_are_damaged_or_gone()
    {
        using var lake = _folder.Open();
        await Load(lake, [new Row(1, 10)]);
        await Load(lake, [new Row(2, 20)]);
        var ids = await _objects.ListAsync(Token).Select(o => o.Id).ToListAsync(Token);
        await File.AppendAllTextAsync(_objects.PathOf(ids[0]), "x", Token);
        await _objects.DeleteAsync(ids[1], Token);
        Assert.Equal(["verify.damaged", "verify.missing"], (await lake.VerifyAsync(_objects, Token)).Select(p => p.Code));
    }

    [Fact]
    public async Task A_new_item_and_a_wider_type_keep_the_rows()
    {
        using (var lake = _folder.Open()) await Load(lake, [new Row(1, 10), new Row(1, 11)]);
        var wider = new Standards.Compile.TableShape(TestShapes.LabSet(
            "1.1.0", TestShapes.Plain("added", Standards.ElementType.N, 3, length: 12)));
        var scope = LocalAdministrator.ScopeOver([wider.DataSet], "test");
        using (var lake = _folder.Open(wider))
        {
            Assert.Equal(["R1|11|-"], (await lake.Sql("SELECT result_no, value, added FROM lab.result", scope)).Value);

            // The first source that has the item gives it its column.
            using var batch = lake.Begin(new(null, "f", "s", "r", 0)).Value;
            batch.Append(wider, wider.Columns, $"SELECT {string.Join(", ", wider.Columns.Select(c => $"NULL::{c.SqlType}"))} WHERE false", Token);
            batch.Settle(wider, Token);
            batch.Commit();
            Assert.Equal(["R1|11|-"], (await lake.Sql("SELECT result_no, value, added FROM lab.result", scope)).Value);
        }

        var other = new Standards.Compile.TableShape(TestShapes.LabSet("1.2.0", TestShapes.Plain("added", Standards.ElementType.N, 3, length: 5)));
        Assert.Equal("lake.narrowed", DuckDbLake.Open(_folder.Options(), [other]).Problem?.Code);
    }

    [Fact]
    public async Task A_read_only_lake_answers_and_writes_nothing()
    {
        Assert.Equal("lake.none", DuckDbLake.Open(_folder.Options(readOnly: true), [TestShapes.Lab]).Problem?.Code);
        using (var lake = _folder.Open()) await Load(lake, [new Row(1, 10)]);
        using var reader = _folder.OpenReadOnly();
        Assert.Equal(["R1|10"], (await reader.Sql("SELECT result_no, value FROM lab.result")).Value);
        Assert.Equal("lake.read-only", reader.Begin(LakeFolder.Header("ff")).Problem?.Code);
        Assert.Equal("lake.read-only", reader.TakeBack(1, Token).Problem?.Code);
        Assert.Equal("lake.read-only", (await reader.OptimizeAsync(Token)).Problem?.Code);
        Assert.Empty(await reader.VerifyAsync(_objects, Token));
        var export = await reader.ExportAsync(Answers.Administrator, new Query("lab.result"), new(Path.Combine(_folder.Path, "x.csv"), ExportFormat.Csv), Token);
        Assert.Equal(ProblemKind.Incorrect, export.Problem?.Kind);
    }

    private async Task Load(DuckDbLake lake, Row[] rows)
    {
        var landed = await _objects.PutAsync(new MemoryStream([.. rows.SelectMany(r => BitConverter.GetBytes(r.Key + (r.Value * 1000)))]), Token);
        using var batch = lake.Begin(LakeFolder.Header(landed.Id)).Value;
        batch.AppendLab(rows);
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }
}
