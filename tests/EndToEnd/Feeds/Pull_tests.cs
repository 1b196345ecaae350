using System.Data.Common;
using Xunit;
using Yunnao.Services.Pull;
using Yunnao.Standards.Feeds;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Feeds;

/// <summary>Rows of real databases, through the feed's description, into the lake.</summary>
public sealed class Pull_tests(DatabaseServers servers) : IClassFixture<DatabaseServers>
{
    private const string Variable = "YUNNAO_TEST_FEED_SECRET";
    private const string Versions = "SELECT count(*), count(DISTINCT _record), sum(_version)::BIGINT FROM lab.result WHERE _rejected IS NULL";
    private const string Received = "SELECT coalesce(sum(received), 0)::BIGINT FROM ops.batch WHERE status = 'committed'";

    public static TheoryData<string> Kinds => ["postgres", "mysql", "odbc"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_new_is_pulled_once_in_chunks_and_changes_become_versions(string kind)
    {
        var (connection, database) = servers.Make(kind);
        using var _ = database;
        using var platform = new TestPlatform();
        Create(database, kind);
        Insert(database, 0, 500, minute: i => i / 10);
        var feed = Describe(platform, kind, connection, chunk: 120);

        // Reading and checking alone leaves nothing behind.
        Assert.Equal(500, (await Pull(platform, feed, dryRun: true)).Received);
        Assert.Equal(["0"], platform.Rows("SELECT count(*) FROM ops.batch UNION SELECT count(*) FROM ops.feed_mark"));

        var first = await Pull(platform, feed);
        Assert.Equal((500, 500, 499, 1, 5), (first.Read, first.Received, first.Accepted, first.Quarantined, first.Chunks.Count));
        Assert.Equal(["499|499|499"], platform.Rows(Versions));
        Assert.Equal(["3.50|甲\"乙,\n丙|True"], platform.Rows("SELECT printf('%.2f', result_value), item_code, _time = TIMESTAMP '2026-01-02 10:00:00' FROM lab.result WHERE report_no = 'R3'"));
        Assert.Equal(["type item_no"], platform.Rows("SELECT DISTINCT array_to_string(reasons, ';') FROM ops.quarantine"));

        var again = await Pull(platform, feed);
        Assert.Equal((0L, again.Read), (again.Received, again.Known));

        // Three rows change, two are new; one of them was committed late, behind the watermark but within the overlap.
        DatabaseServers.Execute(database, "UPDATE lis SET result_value = 77, changed = TIMESTAMP '2026-01-02 10:50:00' WHERE n IN (1, 2, 499)");
        Insert(database, 500, 1, minute: _ => 45);
        Insert(database, 501, 1, minute: _ => 50);
        var changed = await Pull(platform, feed);
        Assert.Equal((5, 5), (changed.Received, changed.Accepted));
        Assert.Equal(["501|501|504"], platform.Rows(Versions));

        // Another row of the very newest watermark comes when the others of it were pulled already.
        Insert(database, 502, 1, minute: _ => 50);
        Assert.Equal(1, (await Pull(platform, feed)).Received);
        Assert.Equal(0, (await Pull(platform, feed)).Received);

        // Everything once more: what did not change is the same chunk, and so the same batch, or new versions of the same records.
        var full = await Pull(platform, feed, full: true);
        Assert.Equal(503, full.Read);
        Assert.Equal(["502|502"], platform.Rows("SELECT count(*), count(DISTINCT _record) FROM lab.result WHERE _rejected IS NULL"));
        Assert.Equal(0, (await Pull(platform, feed)).Received);
    }

    [Fact]
    public async Task A_batch_that_is_taken_back_is_pulled_again()
    {
        var (connection, database) = servers.Make("postgres");
        using var _ = database;
        using var platform = new TestPlatform();
        Create(database, "postgres");
        Insert(database, 10, 30, minute: i => i);
        var feed = Describe(platform, "postgres", connection, chunk: 10);
        Assert.Equal(3, (await Pull(platform, feed)).Chunks.Count);
        Assert.True(platform.Lake.TakeBack(2, TestContext.Current.CancellationToken).Ok);
        var again = await Pull(platform, feed);
        Assert.Equal(10, again.Received);
        Assert.Equal(2, again.Chunks.Count(c => c.AlreadyLoaded is not null));
        Assert.Equal(["30|30|30"], platform.Rows(Versions));

        // The newest is known again, and a batch that was pulled twice can be taken back twice.
        Assert.Equal((0, 0), ((await Pull(platform, feed)).Received, 0));
        Assert.True(platform.Lake.TakeBack(4, TestContext.Current.CancellationToken).Ok);
        Assert.Equal(10, (await Pull(platform, feed)).Received);
        Assert.Equal(["30|30|30"], platform.Rows(Versions));
    }

    [Fact]
    public async Task Killed_at_any_moment_no_row_is_lost_and_none_is_doubled()
    {
        var (connection, database) = servers.Make("postgres");
        using var _ = database;
        var folder = Directory.CreateTempSubdirectory("yunnao-pull-").FullName;
        try
        {
            SmallRegistry.Write(Path.Combine(folder, "standards"));
            var file = Path.Combine(folder, "lis.yaml");
            Environment.SetEnvironmentVariable(Variable, DatabaseServers.Password);
            File.WriteAllText(file, Text("postgres", connection, chunk: 40));
            Create(database, "postgres");
            var random = new Random(5);
            string[] arguments = ["pull", file, "--json", "--data", Path.Combine(folder, "data"), "--standards", Path.Combine(folder, "standards")];
            var rows = 0;
            for (var round = 0; round < 6; round++)
            {
                Insert(database, 1000 + rows, 300, minute: i => i / 40);
                rows += 300;
                await YunnaoProcess.Kill(arguments, TimeSpan.FromMilliseconds(random.Next(300, 3500)), fromFirstLine: false);
            }

            var (exitCode, lines, error) = await YunnaoProcess.Run(arguments);
            Assert.True(exitCode == 0, error);
            Assert.Single(lines);
            using var lake = new DuckDB.NET.Data.DuckDBConnection($"DataSource={Path.Combine(folder, "data", "lake.duckdb")}");
            lake.Open();
            Assert.Equal((rows, rows), Yunnao.Lake.DuckDb.Sql.Commands.Rows(
                lake, r => ((int)r.GetInt64(0), (int)r.GetInt64(1)), $"SELECT ({Received}), count(*) FROM lab.result WHERE _rejected IS NULL AND _version = 1")[0]);
            Assert.Empty(Directory.GetFiles(Path.Combine(folder, "data", "tmp")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_password_stays_out_of_the_file_and_of_what_is_printed()
    {
        var (connection, database) = servers.Make("postgres");
        using var _ = database;
        Create(database, "postgres");
        using var platform = new TestPlatform();
        var inFile = FeedReader.Read(platform.File("bad.yaml", Text("postgres", $"{connection};Password={DatabaseServers.Password}", 10)), "");
        Assert.Equal("feed.secret-in-file", Assert.Single(inFile.Problems).Code);
        Assert.DoesNotContain(DatabaseServers.Password, inFile.Problems[0].ToString(), StringComparison.Ordinal);

        var feed = Describe(platform, "postgres", connection, 10);
        Environment.SetEnvironmentVariable(Variable, "wrong-" + DatabaseServers.Password);
        var refused = (await Pull(platform, feed)).Problem!;
        Assert.Equal("pull.login", refused.Code);
        Assert.DoesNotContain(DatabaseServers.Password, refused.ToString(), StringComparison.Ordinal);
        Assert.Equal("feed.secret", (await Pull(platform, feed with { Secret = new("YUNNAO_TEST_NOT_SET", null) })).Problem?.Code);
    }

    [Fact]
    public async Task What_cannot_be_pulled_is_said_by_a_code()
    {
        var (connection, database) = servers.Make("postgres");
        using var _ = database;
        using var platform = new TestPlatform();
        Create(database, "postgres");
        Insert(database, 0, 3, minute: i => i);
        var feed = Describe(platform, "postgres", connection, 10);
        async Task<string?> Code(string select, string? watermark = null, string? zone = null) =>
            (await Pull(platform, feed with { TimeZone = zone, Tables = [new("lab", select, watermark, 0, [], 10)] })).Problem?.Code;
        Assert.Equal("pull.query", await Code("nothing_of_this_name"));
        Assert.Equal("pull.query", await Code("(SELECT n FROM lis) q", "changed"));
        Assert.Equal("pull.no-column", await Code("lis t", "t.changed"));
        Assert.Equal("pull.watermark-type", await Code("lis", "item_code"));
        Assert.Equal("pull.column-type", await Code("(SELECT ARRAY[1, 2] AS a) q"));
        Assert.Equal("pull.timezone", await Code("(SELECT now() AS a) q"));
        Assert.Equal("pull.query", await Code("(SELECT (patient_id || 'x')::INTEGER AS a FROM lis) q"));
        Assert.Null(await Code("(SELECT patient_id, report_no, 1 AS item_no, 'A' AS item_code, TIMESTAMPTZ '2026-01-02 02:00:00Z' AS report_time FROM lis WHERE n = 1) q", null, "Asia/Shanghai"));
        Assert.Equal(["2026-01-02 10:00:00"], platform.Rows("SELECT _time::VARCHAR FROM lab.result"));
        var away = feed with { Connection = "Host=127.0.0.1;Port=1;Username=app;Database=x" };
        Assert.Equal("pull.connect", (await Pull(platform, away)).Problem?.Code);
    }

    [Fact]
    public async Task The_help_and_the_mistakes_of_a_description_name_what_to_do()
    {
        var run = await CliRun.Of("en", "pull", "nowhere");
        Assert.Contains("feed.unknown", run.Error, StringComparison.Ordinal);
        using var platform = new TestPlatform();
        var file = platform.File("f.yaml", "id: lis\nname: { zh: 检验, en: Lab }\nkind: postgers\nmapping: plain\n");
        var (feed, problems) = FeedReader.Read(file, "");
        Assert.Null(feed);
        Assert.Equal(("standards.bad-value", 3), (problems[0].Code, problems[0].Where!.Line));
    }

    private static void Create(DbConnection database, string kind) => DatabaseServers.Execute(
        database, $"CREATE TABLE lis (n INT PRIMARY KEY, patient_id VARCHAR(20), report_no VARCHAR(20), item_no VARCHAR(9), item_code VARCHAR(20), result_value DECIMAL(10,2), report_time TIMESTAMP{(kind == "mysql" ? " NULL" : "")}, changed TIMESTAMP{(kind == "mysql" ? " NULL" : "")})");

    /// <summary>Row 0 is of a wrong type, row 3 has every sign that CSV has to quote.</summary>
    private static void Insert(DbConnection database, int from, int count, Func<int, int> minute) => DatabaseServers.Execute(
        database, "INSERT INTO lis VALUES " + string.Join(", ", Enumerable.Range(0, count).Select(i =>
            $"({from + i}, 'P{i % 7}', 'R{from + i}', '{(from + i == 0 ? "x" : "1")}', '{(from + i == 3 ? "甲\"乙,\n丙" : "WBC")}', {from + i}.5, '2026-01-02 10:00:00', '2026-01-02 10:{minute(i):00}:00')")));

    private static string Text(string kind, string connection, int chunk) => $$"""
        id: lis
        name: { zh: 检验系统, en: Laboratory system }
        kind: {{kind}}
        mapping: plain
        connection: "{{connection}}"
        secret: { env: {{Variable}} }
        tables:
          - name: lab
            table: lis
            watermark: changed
            overlap: 10m
            key: [n]
            chunk: {{chunk}}
        """;

    private static Feed Describe(TestPlatform platform, string kind, string connection, int chunk)
    {
        Environment.SetEnvironmentVariable(Variable, DatabaseServers.Password);
        var (feed, problems) = FeedReader.Read(platform.File("feeds/lis.yaml", Text(kind, connection, chunk)), "");
        Assert.Empty(problems);
        return feed!;
    }

    private static async Task<PullOutcome> Pull(TestPlatform platform, Feed feed, bool full = false, bool dryRun = false)
    {
        var service = new PullService(platform.Registry, platform.Lake, platform.Ingest, Path.Combine(platform.Data, "tmp"));
        PullOutcome? last = null;
        await foreach (var outcome in service.PullAsync(new(feed, Full: full, DryRun: dryRun), (_, _) => { }, TestContext.Current.CancellationToken)) last = outcome;
        return last!;
    }
}
