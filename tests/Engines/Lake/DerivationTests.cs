using Xunit;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Scopes;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

public sealed class DerivationTests : IDisposable
{
    private readonly LakeFolder _folder = new();
    private readonly DuckDbLake _lake;

    public DerivationTests() => _lake = _folder.Open();

    public void Dispose()
    {
        _lake.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_batch_notes_the_days_of_its_rows_and_of_refused_ones()
    {
        Load("01", new Row(1, 5), new Row(2, 6, Refused: "type value"), new Row(3, 7));
        Assert.Equal(["2024-01-02", "2024-01-03", "2024-01-04"], Changes());
    }

    [Fact]
    public void A_record_that_is_sent_again_changes_its_day_again()
    {
        Load("01", new Row(1, 5), new Row(2, 6));
        Follow();
        Assert.Empty(Changes());
        Load("02", new Row(2, 7));
        Assert.Equal(["2024-01-03"], Changes());
    }

    [Fact]
    public void A_batch_that_is_taken_back_changes_its_days_once_more()
    {
        Load("01", new Row(1, 5), new Row(2, 6));
        Load("02", new Row(2, 7), new Row(4, 8));
        Follow();
        Assert.True(_lake.TakeBack(2).Ok);
        Assert.Equal(["2024-01-03", "2024-01-05"], Changes());
    }

    [Fact]
    public void What_is_not_committed_is_not_there()
    {
        using (var derivation = _lake.Derive("watch").Value) derivation.Connection.Execute("CREATE TABLE watch.count AS SELECT 1 AS n");
        using var again = _lake.Derive("watch").Value;
        Assert.Null(again.Fingerprint);
        Assert.Equal(0, again.Connection.Scalar<long>("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'watch'"));
    }

    [Fact]
    public void While_a_derivation_is_open_no_batch_begins()
    {
        using (_lake.Derive("watch").Value) Assert.Equal(ProblemKind.Busy, _lake.Begin(LakeFolder.Header()).Problem?.Kind);
        using var batch = _lake.Begin(LakeFolder.Header()).Value;
        Assert.Equal("batch.open", _lake.Derive("watch").Problem?.Code);
    }

    [Fact]
    public async Task Derived_tables_are_for_those_who_may_read_the_lakes_own()
    {
        using (var derivation = _lake.Derive("watch").Value)
        {
            derivation.Connection.Execute("CREATE TABLE watch.count AS SELECT 7 AS n");
            derivation.Commit();
        }

        Assert.Equal(["7"], (await _lake.Sql("FROM watch.count")).Value);
        var narrow = new Scope("researcher", "study", new Dictionary<string, DataSetScope>(), operations: false);
        Assert.Equal("scope.operations", (await _lake.Sql("FROM watch.count", narrow)).Problem?.Code);
        Assert.Equal("sql.table", (await _lake.Sql("FROM watch.other")).Problem?.Code);
    }

    private void Load(string id, params Row[] rows)
    {
        using var batch = _lake.Begin(LakeFolder.Header(id)).Value;
        batch.AppendLab(rows);
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }

    private void Follow()
    {
        using var derivation = _lake.Derive("watch").Value;
        derivation.Follow("rules");
        derivation.Commit();
    }

    private List<string> Changes()
    {
        using var derivation = _lake.Derive("watch").Value;
        return derivation.Connection.Rows(r => r.GetString(0), $"SELECT day::VARCHAR FROM {derivation.ChangedDaysOf(TestShapes.Lab)} ORDER BY 1");
    }
}
