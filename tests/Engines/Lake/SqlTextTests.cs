using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Queries.Text;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Scopes;
using Row = Yunnao.Tests.Engines.Lake.LabRows.Row;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>SQL text as an asker writes it: what is answered, and what is refused with which code.</summary>
public sealed class SqlTextTests : IDisposable
{
    private readonly LakeFolder _folder = new();
    private readonly DuckDbLake _lake;

    public SqlTextTests()
    {
        _lake = _folder.Open();
        using var batch = _lake.Begin(LakeFolder.Header()).Value;
        batch.AppendLab(new Row(1, 5, 11), new Row(2, 6, 11, Refused: "type value"), new Row(3, 7, 12, Org: "B"), new Row(4, 8, 13, Org: "B"));
        batch.Settle(TestShapes.Lab);
        batch.Commit();
    }

    /// <summary>A Scope over organisation B: key pseudonymised, time generalised, code masked, value clear, nothing else.</summary>
    private static Scope Narrow { get; } = new(
        "researcher", "study",
        new Dictionary<string, DataSetScope>
        {
            ["lab.result"] = new(new RowFilter(["B"]), ItemAction.Pseudonym, new Dictionary<string, ItemAction>
            {
                ["reported"] = ItemAction.Generalise, ["code"] = ItemAction.Mask, ["value"] = ItemAction.Clear, ["patient_name"] = ItemAction.Clear,
            }),
        },
        operations: false,
        new byte[32]);

    public void Dispose()
    {
        _lake.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("SELECT result_no, value FROM lab.result ORDER BY 1", "R1|5", "R3|7", "R4|8")]
    [InlineData("SELECT reported FROM lab.result WHERE org_code = 'A'", "2024-01-02 00:00:00")]
    [InlineData("SELECT lab.result.value FROM lab.result WHERE result.value > 7", "8")]
    [InlineData("SELECT count(*) FROM LAB.Result r JOIN lab.result s ON r._record = s._record", "3")]
    [InlineData("FROM lab.result SELECT max(value)", "8")]
    [InlineData("WITH result AS (SELECT 1 AS x) SELECT x FROM result", "1")]
    [InlineData("WITH a AS (SELECT value AS v FROM lab.result), b AS (SELECT v + 1 AS w FROM a) SELECT w FROM b ORDER BY w", "6", "8", "9")]
    [InlineData("WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n ORDER BY i", "1", "2", "3")]
    [InlineData("SELECT code, (SELECT count(*) FROM lab.result i WHERE i.code = o.code) FROM lab.result o ORDER BY value LIMIT 1", "C1|2")]
    [InlineData("SELECT r.value, l.twice FROM lab.result r, LATERAL (SELECT r.value * 2 AS twice) l ORDER BY 1 LIMIT 1", "5|10")]
    [InlineData("SELECT i FROM range(2) t(i)", "0", "1")]
    [InlineData("SELECT unnest([1, 2])", "1", "2")]
    [InlineData("SELECT * FROM (VALUES (1, 'a')) v", "1|a")]
    [InlineData("SELECT value FROM lab.result UNION ALL SELECT 0 ORDER BY 1 LIMIT 1", "0")]
    [InlineData("SELECT sum(value) OVER (ORDER BY value) FROM lab.result ORDER BY 1", "5", "12", "20")]
    [InlineData("SELECT list_transform([1, 2], lambda x: x + 1)[2]", "3")]
    [InlineData("SELECT * FROM (PIVOT (SELECT org_code, value FROM lab.result) ON org_code IN ('A', 'B') USING sum(value))", "5|15")]
    [InlineData("SELECT count(*) FROM lab.result POSITIONAL JOIN lab.result", "3")]
    [InlineData("SELECT received, accepted, quarantined FROM ops.batch", "4|3|1")]
    [InlineData("SELECT reasons[1], record_number, byte_offset, \"values\" FROM ops.quarantine", "type value|2|200|{\"code\":\"C\"}")]
    [InlineData("SELECT * FROM drug.\"order\"")]
    public async Task A_select_over_data_sets_is_answered(string sql, params string[] lines) =>
        Assert.Equal(lines, (await _lake.Sql(sql)).Value);

    [Theory]
    [InlineData("SELECT patient_name FROM lab.result", "sql.invalid")]
    [InlineData("SELECT _rejected FROM lab.result", "sql.invalid")]
    [InlineData("SELECT rowid FROM lab.result", "sql.invalid")]
    [InlineData("SELEC 1", "sql.invalid")]
    [InlineData("", "sql.invalid")]
    [InlineData("SELECT 1; SELECT 2", "sql.invalid")]
    [InlineData("SELECT 1; DROP TABLE lab.result", "sql.invalid")]
    [InlineData("DROP TABLE lab.result", "sql.invalid")]
    [InlineData("INSERT INTO lab.result SELECT * FROM lab.result", "sql.invalid")]
    [InlineData("UPDATE lab.result SET value = 1", "sql.invalid")]
    [InlineData("ATTACH 'x.db' AS x", "sql.invalid")]
    [InlineData("COPY lab.result TO 'x.csv'", "sql.invalid")]
    [InlineData("PRAGMA database_list", "sql.invalid")]
    [InlineData("SET memory_limit = '1GB'", "sql.invalid")]
    [InlineData("CALL pragma_version()", "sql.invalid")]
    [InlineData("EXPLAIN SELECT 1", "sql.invalid")]
    [InlineData("PIVOT lab.result ON code", "sql.invalid")]
    [InlineData("EXPORT DATABASE 'x'", "sql.invalid")]
    [InlineData("INSTALL httpfs", "sql.invalid")]
    [InlineData("CREATE TABLE x AS SELECT 1", "sql.invalid")]
    [InlineData("WITH x AS (INSERT INTO lab.result VALUES (1) RETURNING 1) SELECT * FROM x", "sql.invalid")]
    [InlineData("SHOW TABLES", "sql.unsupported")]
    [InlineData("DESCRIBE lab.result", "sql.unsupported")]
    [InlineData("SUMMARIZE lab.result", "sql.unsupported")]
    [InlineData("SELECT $1", "sql.unsupported")]
    [InlineData("FROM 'file.csv'", "sql.table")]
    [InlineData("SELECT * FROM result", "sql.table")]
    [InlineData("SELECT * FROM lab.nothing", "sql.table")]
    [InlineData("SELECT * FROM lake.lab.result", "sql.table")]
    [InlineData("SELECT * FROM ops.touch", "sql.table")]
    [InlineData("SELECT * FROM duckdb_settings", "sql.table")]
    [InlineData("SELECT * FROM information_schema.tables", "sql.table")]
    [InlineData("SELECT * FROM pg_catalog.pg_tables", "sql.table")]
    [InlineData("SELECT * FROM sqlite_master", "sql.table")]
    [InlineData("SELECT * FROM history.\"lab.result\"", "sql.table")]
    [InlineData("SELECT * FROM lab.result AT (VERSION => 1)", "sql.table")]
    [InlineData("WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings", "sql.table")]
    [InlineData("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a", "sql.table")]
    [InlineData("SELECT (WITH sqlite_master AS (SELECT 1) SELECT 1) FROM sqlite_master", "sql.table")]
    [InlineData("SELECT * FROM (WITH x AS (SELECT 1) SELECT 1) JOIN x ON true", "sql.table")]
    [InlineData("SELECT * FROM (PIVOT sqlite_master ON type IN ('table') USING count(*))", "sql.table")]
    [InlineData("SELECT * FROM range(2), LATERAL (SELECT * FROM sqlite_master)", "sql.table")]
    [InlineData("SELECT 1 WHERE EXISTS (FROM 'secret.parquet')", "sql.table")]
    [InlineData("SELECT [x FOR x IN (SELECT list(name) FROM sqlite_master)]", "sql.table")]
    [InlineData("SELECT 1 ORDER BY (SELECT count(*) FROM duckdb_tables)", "sql.table")]
    [InlineData("SELECT 1 LIMIT (SELECT count(*) FROM duckdb_tables)", "sql.table")]
    [InlineData("SELECT DISTINCT ON ((SELECT count(*) FROM duckdb_tables)) 1", "sql.table")]
    [InlineData("SELECT count(*) FILTER (WHERE EXISTS (FROM duckdb_tables)) FROM lab.result", "sql.table")]
    [InlineData("SELECT sum(value) OVER (ORDER BY (SELECT count(*) FROM duckdb_tables)) FROM lab.result", "sql.table")]
    [InlineData("SELECT * REPLACE ((SELECT count(*) FROM duckdb_tables) AS value) FROM lab.result", "sql.table")]
    [InlineData("SELECT * FROM query_table('lab.result')", "sql.function")]
    [InlineData("SELECT * FROM query('SELECT 1')", "sql.function")]
    [InlineData("SELECT * FROM read_csv('x.csv')", "sql.function")]
    [InlineData("SELECT * FROM read_text('/etc/hostname')", "sql.function")]
    [InlineData("SELECT * FROM glob('*')", "sql.function")]
    [InlineData("SELECT * FROM duckdb_settings()", "sql.function")]
    [InlineData("SELECT * FROM pragma_storage_info('lab.result')", "sql.function")]
    [InlineData("SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "sql.function")]
    [InlineData("SELECT * FROM seq_scan('lab.result')", "sql.function")]
    [InlineData("SELECT * FROM histogram_values('lab.result', value)", "sql.function")]
    [InlineData("SELECT getenv('HOME')", "sql.function")]
    [InlineData("SELECT getvariable('x')", "sql.function")]
    [InlineData("SELECT current_setting('memory_limit')", "sql.function")]
    [InlineData("SELECT stats(value) FROM lab.result", "sql.function")]
    [InlineData("SELECT error(code) FROM lab.result", "sql.function")]
    [InlineData("SELECT nextval('s')", "sql.function")]
    [InlineData("SELECT settle_add(1::UBIGINT, _record) FROM lab.result", "sql.function")]
    [InlineData("SELECT pg_catalog.pg_get_viewdef(1)", "sql.function")]
    [InlineData("SELECT list_transform([1], lambda x: getvariable('y'))", "sql.function")]
    [InlineData("SELECT sleep_ms(10)", "sql.function")]
    [InlineData("SELECT code::INTEGER FROM lab.result", "sql.failed")]
    public async Task What_is_not_a_select_over_data_sets_is_refused(string sql, string code) =>
        Assert.Equal(code, (await _lake.Sql(sql)).Problem?.Code);

    [Fact]
    public async Task An_error_about_values_does_not_quote_them()
    {
        var problem = (await _lake.Sql("SELECT ('patient ' || result_no)::INTEGER FROM lab.result")).Problem;
        Assert.Equal("sql.failed", problem?.Code);
        Assert.DoesNotContain("R1", problem!.Message.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT value, code, reported, reported = _time FROM lab.result ORDER BY 1", "7|C**|2024-01-01|True", "8|C**|2024-01-01|True")]
    [InlineData("SELECT count(*) FROM lab.result WHERE length(_subject) = 32", "2")]
    [InlineData("SELECT count(*), min(value) FROM lab.result AS ops", "2|7")]
    [InlineData("SELECT count(DISTINCT _subject) FROM lab.result", "2")]
    public async Task A_narrow_scope_is_inside_every_table(string sql, params string[] lines) =>
        Assert.Equal(lines, (await _lake.Sql(sql, Narrow)).Value);

    [Theory]
    [InlineData("SELECT result_no FROM lab.result", "sql.invalid")]
    [InlineData("SELECT patient_name FROM lab.result", "sql.invalid")]
    [InlineData("SELECT _org FROM lab.result", "sql.invalid")]
    [InlineData("SELECT * FROM drug.\"order\"", "scope.data-set")]
    [InlineData("SELECT * FROM ops.batch", "scope.operations")]
    [InlineData("SELECT * FROM history.\"lab.result\"", "scope.operations")]
    public async Task A_narrow_scope_refuses_the_rest(string sql, string code) =>
        Assert.Equal(code, (await _lake.Sql(sql, Narrow)).Problem?.Code);

    [Fact]
    public async Task Pseudonyms_need_a_key()
    {
        var keyless = new Scope("x", "y", new Dictionary<string, DataSetScope> { ["lab.result"] = Narrow.Of("lab.result")! }, operations: false);
        Assert.Equal("scope.key", (await _lake.Sql("SELECT value FROM lab.result", keyless)).Problem?.Code);
    }

    [Fact]
    public async Task An_answer_without_end_comes_as_it_is_found_and_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        const string Endless = "SELECT a.i, b.i AS j, r.value FROM range(10000000) a(i), range(10000000) b(i), lab.result r";
        var rows = (await _lake.RunSqlAsync(Answers.Administrator, Endless, stop.Token)).Value;
        await using (rows)
        {
            await using var reader = rows.Batches.GetAsyncEnumerator();
            Assert.True(await reader.MoveNextAsync());
            reader.Current.Dispose();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                while (await reader.MoveNextAsync()) reader.Current.Dispose();
            });
        }
    }

    [Fact]
    public async Task Former_versions_are_read_by_those_who_may_read_the_lakes_own_tables()
    {
        using (var batch = _lake.Begin(LakeFolder.Header("01")).Value)
        {
            batch.AppendLab(new Row(1, 50, 11));
            batch.Settle(TestShapes.Lab);
            batch.Commit();
        }

        Assert.Equal(["R1|5|1|2"], (await _lake.Sql("SELECT result_no, value, _version, _superseded_by FROM history.\"lab.result\"")).Value);
        Assert.Equal(["R1|50|2"], (await _lake.Sql("SELECT result_no, value, _version FROM lab.result WHERE result_no = 'R1'")).Value);
    }

    [Fact]
    public void Every_allowed_function_exists_in_the_engine()
    {
        var known = _lake.Read(c => c.Rows(r => r.GetString(0), "SELECT DISTINCT function_name FROM duckdb_functions()")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.True(known.IsSupersetOf(AllowedFunctions.Names));
    }
}
