using System.Data.Common;
using System.Globalization;
using Npgsql;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Services.Exports;
using Yunnao.Services.Exports.Targets;
using Yunnao.Standards.Feeds;
using Yunnao.Tests.EndToEnd.Feeds;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Exports straight into real databases, compared with the lake row by row.</summary>
public sealed class Target_tests(DatabaseServers servers) : IClassFixture<DatabaseServers>
{
    private const string Columns = "_record, _subject, _org, _version, report_no, item_no, item_code, result_value, abnormal_flag";
    private const string Name = "warehouse";

    public static TheoryData<string> Kinds => ["postgres", "mysql", "clickhouse"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_database_follows_the_lake_through_corrections_deletions_and_the_whole_anew(string kind)
    {
        using var platform = new TestPlatform();
        var (connection, read) = Make(kind);
        Describe(platform, kind, connection);
        await platform.Load(platform.File("lab1.csv", Lab(0, 300)), "plain");
        await platform.Load(platform.File("lab2.csv", Lab(300, 200)), "plain");
        Assert.Equal((500L, null), await ExportAsync(platform));
        Same(platform, read);

        // Nothing new is nothing written.
        Assert.Equal((0L, null), await ExportAsync(platform));

        // Records sent again, new ones, and a batch taken back with what it had superseded.
        await platform.Load(platform.File("lab3.csv", Lab(250, 100, value: 7)), "plain");
        await platform.Load(platform.File("lab4.csv", Lab(500, 50)), "plain");
        Assert.Equal((150L, null), await ExportAsync(platform));
        Same(platform, read);
        Assert.Null(platform.Lake.TakeBack(3, default).Problem);
        Assert.Null(platform.Lake.TakeBack(2, default).Problem);
        var (rows, problem) = await ExportAsync(platform);
        Assert.Null(problem);
        Assert.InRange(rows, 250, 300);
        Same(platform, read);
        Assert.Equal(350, read($"SELECT {Columns} FROM lab_result").Count);

        // For another purpose, or a shorter time, it would be half of one and half of the other: only the whole is.
        Assert.Equal("export.full-needed", (await ExportAsync(platform, o => o with { Purpose = "other" })).Problem?.Code);
        Assert.Equal((350L, null), await ExportAsync(platform, o => o with { Purpose = "other", Full = true }));
        Same(platform, read);
        Assert.Equal((0L, null), await ExportAsync(platform, o => o with { Full = true, Organisations = ["H9"] }));
        Assert.Empty(read($"SELECT {Columns} FROM lab_result"));
        Assert.Equal((350L, null), await ExportAsync(platform, o => o with { Full = true }));
        Same(platform, read);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_table_grows_with_the_registry_and_another_ones_is_left_alone(string kind)
    {
        using var platform = new TestPlatform();
        var (connection, read) = Make(kind);
        Describe(platform, kind, connection);
        await platform.Load(platform.File("lab1.csv", Lab(0, 30)), "plain");
        Assert.Equal((30L, null), await ExportAsync(platform));

        // A number grows longer than 32 bits, and an item is new.
        Change(platform, "elements.csv", t => t.Replace("N,N..4,,Yunnao", "N,N..12,,Yunnao", StringComparison.Ordinal));
        Change(platform, "items/lab.result.csv", t => t + "\nremark,,T.text,备注,Remark,,,,,,,0..1,,2,keep,,,,,standard,,Yunnao\n");
        Change(platform, "datasets.csv", t => t.Replace("lab.result,1.0.0", "lab.result,1.1.0", StringComparison.Ordinal));
        platform.Reopen();
        await platform.Load(platform.File("lab2.csv", "patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time,remark\nP1,R900,1,WBC,3,N,2026-01-02 10:00:00,\"甲\t乙\\丙\n丁'\"\n"), "plain");
        Assert.Equal((1L, null), await ExportAsync(platform));
        Same(platform, read);
        Assert.Equal(["甲\t乙\\丙\n丁'"], read("SELECT remark FROM lab_result WHERE report_no = 'R900'"));
        Assert.Equal(30, read("SELECT report_no FROM lab_result WHERE remark IS NULL").Count);
        if (kind != "clickhouse") Assert.Equal(["备注"], read(kind == "mysql" ? "SELECT column_comment FROM information_schema.columns WHERE table_name = 'lab_result' AND column_name = 'remark' AND table_schema = DATABASE()" : "SELECT col_description('lab_result'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'lab_result'::regclass AND attname = 'remark'"));

        if (kind == "clickhouse") return;
        var (other, there) = Make(kind);
        there("CREATE TABLE lab_result (_record INT, item_code INT)");
        there("INSERT INTO lab_result VALUES (1, 2)");
        Describe(platform, kind, other);
        Assert.Equal("target.not-ours", (await ExportAsync(platform)).Problem?.Code);
        Assert.Equal(["1|2"], there("SELECT * FROM lab_result"));
        there("DELETE FROM lab_result");
        Describe(platform, kind, other);
        there("ALTER TABLE lab_result ADD COLUMN result_value DATE");
        Assert.Equal("target.shape", (await ExportAsync(platform)).Problem?.Code);
    }

    [Fact]
    public async Task What_stands_in_the_way_is_told_and_the_same_order_goes_on_when_it_is_gone()
    {
        using var platform = new TestPlatform();
        var (connection, read) = Make("postgres");
        await platform.Load(platform.File("lab1.csv", Lab(0, 100)), "plain");
        Assert.Equal("target.unknown", (await ExportAsync(platform)).Problem?.Code);
        Assert.Equal("target.unknown", (await ExportAsync(platform, o => o with { Target = "../feeds/x" })).Problem?.Code);
        Describe(platform, "postgres", connection + ";Nonsense=1");
        Assert.Equal("target.connection", (await ExportAsync(platform)).Problem?.Code);
        Describe(platform, "postgres", "Host=127.0.0.1;Port=1;Username=app;Database=x");
        Assert.Equal("target.connect", (await ExportAsync(platform)).Problem?.Code);
        Describe(platform, "postgres", connection, secret: "wrong");
        var login = (await ExportAsync(platform)).Problem!;
        Assert.Equal("target.login", login.Code);
        Assert.DoesNotContain("wrong", login.ToString(), StringComparison.Ordinal);

        // An account that may make no tables.
        read($"CREATE ROLE reader_{Environment.ProcessId} LOGIN PASSWORD '{DatabaseServers.Password}'");
        Describe(platform, "postgres", connection.Replace("Username=app", $"Username=reader_{Environment.ProcessId}", StringComparison.Ordinal));
        Assert.Equal("target.rights", (await ExportAsync(platform)).Problem?.Code);

        // No room: the table space holds less than the rows.
        await platform.Load(platform.File("lab2.csv", Lab(100, 60_000)), "plain");
        Describe(platform, "postgres", $"{connection};Options=-c default_tablespace={servers.MakeSmallTablespace(4)}");
        Assert.Equal("target.full", (await ExportAsync(platform)).Problem?.Code);
        Assert.Empty(read("SELECT relname::text FROM pg_class WHERE relname LIKE 'lab%'"));
        servers.GiveRoom();
        Describe(platform, "postgres", connection);
        Assert.Equal((60_100L, null), await ExportAsync(platform));
        Same(platform, read);

        // PostgreSQL's own client sees what was loaded.
        var parts = new DbConnectionStringBuilder { ConnectionString = connection };
        string Psql(string command) => PeerProcess.Run(
            "env", $"PGPASSWORD={DatabaseServers.Password}", PeerProcess.Find("psql"), "-h", "127.0.0.1", "-p", $"{parts["Port"]}", "-U", "app", "-d", $"{parts["Database"]}", "-At", "-c", command);
        Assert.StartsWith("60100|7|", Psql("SELECT count(*), count(DISTINCT _subject), sum(result_value) FROM lab_result WHERE _org = 'H1'"), StringComparison.Ordinal);
        Assert.Contains("检验结果", Psql("\\dt+ lab_result"), StringComparison.Ordinal);
        Assert.Contains("项目代码", Psql("\\d+ lab_result"), StringComparison.Ordinal);
        Assert.Equal("(_record)\n(_subject)", string.Join('\n', Psql("SELECT indexdef FROM pg_indexes WHERE tablename = 'lab_result' ORDER BY indexname <> 'lab_result_pkey'").Trim().Split('\n').Select(d => d[d.IndexOf('(', StringComparison.Ordinal)..])));
    }

    /// <summary>ClickHouse has no transactions: what it has when it is back may be a part, of which each record is shown once.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_database_that_dies_in_the_middle_shows_no_record_twice_and_gets_the_rest(string kind)
    {
        using var platform = new TestPlatform();
        var (connection, read) = Make(kind);
        Describe(platform, kind, connection);
        await platform.Load(platform.File("lab1.csv", Lab(0, 2000)), "plain");
        Assert.Equal((2000L, null), await ExportAsync(platform));
        await platform.Load(platform.File("lab2.csv", Lab(1000, 120_000, value: 3)), "plain");
        var (crashed, back) = (false, new TaskCompletionSource());
        var (_, problem) = await ExportAsync(platform, report: step =>
        {
            if (crashed || !step.Contains(' ', StringComparison.Ordinal)) return;
            crashed = true;
            try
            {
                servers.Crash(kind);
                back.SetResult();
            }
            catch (Exception stays) when (stays is InvalidOperationException or DbException)
            {
                back.SetException(stays);
            }
        });
        Assert.True(crashed);

        // The export ends with the server, and that is back a moment later.
        await back.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal("target.connect", problem?.Code);
        if (kind == "clickhouse") Assert.Equal(["1"], read("SELECT count() = uniqExact(_record) AND count() BETWEEN 2000 AND 121000 FROM lab_result"));
        else Assert.Equal(2000, read($"SELECT {Columns} FROM lab_result").Count);
        Assert.Equal((120_000L, null), await ExportAsync(platform));
        Same(platform, read);
        Assert.Equal((0L, null), await ExportAsync(platform));
    }

    /// <summary>A right that is taken back while rows go out ends the export with its code, and nothing of it stays.</summary>
    [Fact]
    public async Task A_right_that_is_taken_back_in_the_middle_ends_the_writing_and_leaves_nothing()
    {
        using var platform = new TestPlatform();
        Server.SmallPolicies.Write(platform.Standards);
        platform.Reopen();
        var (connection, read) = Make("postgres");
        Describe(platform, "postgres", connection);
        await platform.Load(platform.File("lab1.csv", Lab(0, 200_000)), "plain");
        var room = (await TrustRoom.OpenAsync(new() { Folder = platform.Data, SealMinutes = 0 }, platform.Registry, platform.Lake)).Value;
        await using (room)
        {
            var caller = new Caller("billing", CallerKind.Application, new HashSet<string> { "application" }, ["H1"]);
            var shapes = platform.Registry.DataSets.Values.Select(d => new Yunnao.Standards.Compile.TableShape(d)).ToList();
            var run = new TargetRun(room.Lake!, platform.Registry, shapes, new TargetBook(platform.Data, new FileSeal(room.Keys)), TimeProvider.System);
            var order = new ExportOrder(["lab.result"], "care") { Target = Name };
            var revoked = false;
            async Task<Problem?> RunAsync(bool revoke)
            {
                var scope = (await room.Scopes.MakeAsync(caller, new("care"), default, "lab.result")).Value;
                return (await run.RunAsync(scope, order, (step, _) =>
                {
                    if (!revoke || revoked || !step.Contains(' ', StringComparison.Ordinal)) return;
                    revoked = true;
                    room.Revocations.RevokeAsync(caller.Id).GetAwaiter().GetResult();
                }, TestContext.Current.CancellationToken)).Problem;
            }

            Assert.Equal("scope.revoked", (await RunAsync(revoke: true))?.Code);
            Assert.True(revoked);
            Assert.Empty(read("SELECT relname::text FROM pg_class WHERE relname = 'lab_result'"));

            // With the rights as they are then, the same order brings all.
            Assert.Null(await RunAsync(revoke: false));
            Assert.Equal(["200000"], read("SELECT count(*) FROM lab_result"));
        }
    }

    [Fact]
    public async Task Killed_at_any_moment_every_record_is_there_once_and_as_it_is()
    {
        using var platform = new TestPlatform();
        var (connection, read) = Make("postgres");
        Describe(platform, "postgres", connection, sealedSecret: true);
        var random = new Random(11);
        string[] arguments = ["export", "run", "--data-set", "lab.result", "--target", Name, "--data", platform.Data, "--standards", platform.Standards];
        var longest = 1500.0;
        for (var round = 0; round < 6; round++)
        {
            if (round > 0) platform.Reopen();
            await platform.Load(platform.File($"lab{round}.csv", Lab(random.Next(20) * 100, 1500 + round, value: round)), "plain");
            if (round % 3 == 2) Assert.Null(platform.Lake.TakeBack(round, default).Problem);
            platform.Close();
            if (round % 4 == 0)
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                var whole = await YunnaoProcess.Run(arguments);
                Assert.True(whole.ExitCode == 0, whole.Error);
                longest = clock.Elapsed.TotalMilliseconds;
                Same(platform, read);
                continue;
            }

            // The work is at the end of the process's life: three kills of different haste, all on one change.
            for (var kill = 0; kill < 3; kill++) await YunnaoProcess.Kill(arguments, TimeSpan.FromMilliseconds(longest * (0.55 + (random.NextDouble() * 0.45))), fromFirstLine: false);
        }

        var (exitCode, _, error) = await YunnaoProcess.Run(arguments);
        Assert.True(exitCode == 0, error);
        Same(platform, read);
    }

    [Fact]
    public async Task The_command_line_lists_seals_checks_and_says_what_to_name()
    {
        using var platform = new TestPlatform();
        platform.Close();
        Task<CliRun> Run(params string[] args) => CliRun.Of("en", ["export", .. args, "--data", platform.Data, "--standards", platform.Standards]);
        Assert.Contains("--target", (await Run("run", "--data-set", "lab.result")).Error, StringComparison.Ordinal);
        Assert.Contains("target.unknown", (await Run("run", "--data-set", "lab.result", "--target", "nowhere")).Error, StringComparison.Ordinal);
        Describe(platform, "postgres", "Host=127.0.0.1;Port=1;Username=app;Database=x");
        Assert.Contains(Name, (await Run("targets", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("target.connect", (await Run("targets", "check", Name)).Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(platform.Data, TargetReader.Folder, "bad.yaml"), "kind: postgres\nname: { zh: 坏, en: Bad }\nconnection: \"Host=x;Password=Secret-1\"\n");
        var listed = await Run("targets", "list");
        Assert.Contains("feed.secret-in-file", listed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret-1", listed.Error, StringComparison.Ordinal);
    }

    private (string Connection, Func<string, List<string>> Read) Make(string kind)
    {
        if (kind == "clickhouse")
        {
            var (address, ask) = servers.MakeClickHouse();
            return (address, sql => [.. ask($"{sql} FORMAT JSONCompactEachRow").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => string.Join('|', System.Text.Json.JsonElement.Parse(l).EnumerateArray().Select(c => c.ToString())))]);
        }

        var (connection, open) = servers.Make(kind);
        open.Dispose();
        return (connection, sql =>
        {
            using DbConnection database = kind == "mysql" ? new MySqlConnector.MySqlConnection($"{connection};Password={DatabaseServers.Password}") : new NpgsqlConnection($"{connection};Password={DatabaseServers.Password};Pooling=false");
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
            return rows;
        });
    }

    private static void Same(TestPlatform platform, Func<string, List<string>> read)
    {
        var expected = platform.Rows($"SELECT {Columns} FROM lab.result WHERE _rejected IS NULL").Order(StringComparer.Ordinal).ToList();
        var found = read($"SELECT {Columns} FROM lab_result").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Count, found.Count);
        Assert.Equal(expected, found);
    }

    private static void Describe(TestPlatform platform, string kind, string connection, string? secret = null, bool sealedSecret = false)
    {
        var folder = Directory.CreateDirectory(Path.Combine(platform.Data, TargetReader.Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, "password"), secret ?? DatabaseServers.Password);
        File.WriteAllText(Path.Combine(folder, Name + ".yaml"), $"name: {{ zh: 数据仓库, en: Warehouse }}\nkind: {kind}\nconnection: \"{connection}\"\n{(sealedSecret ? "" : "secret: { file: password }\n")}");
        if (!sealedSecret) return;
        var book = new TargetBook(platform.Data, new FileSeal(platform.Keys));
        book.Seal(book.Find(Name).Value, DatabaseServers.Password);
        File.Delete(Path.Combine(folder, "password"));
        Assert.DoesNotContain(DatabaseServers.Password, File.ReadAllText(Path.Combine(folder, Name + ".sealed")), StringComparison.Ordinal);
    }

    private static async Task<(long Rows, Problem? Problem)> ExportAsync(TestPlatform platform, Func<ExportOrder, ExportOrder>? change = null, Action<string>? report = null)
    {
        var room = (await TrustRoom.OpenAsync(new() { Folder = platform.Data, SealMinutes = 0 }, platform.Registry, platform.Lake)).Value;
        await using (room)
        {
            var order = new ExportOrder(["lab.result"], "test") { Target = Name };
            order = change?.Invoke(order) ?? order;
            var shapes = platform.Registry.DataSets.Values.Select(d => new Yunnao.Standards.Compile.TableShape(d)).ToList();
            var run = new TargetRun(room.Lake!, platform.Registry, shapes, new TargetBook(platform.Data, new FileSeal(room.Keys)), TimeProvider.System);
            var scope = LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, order.Purpose);
            var done = await run.RunAsync(scope, order, (step, _) => report?.Invoke(step), TestContext.Current.CancellationToken);
            return done.Try(out var manifest, out var problem) ? (manifest.DataSets.Sum(d => d.Rows), null) : (0, problem);
        }
    }

    private static void Change(TestPlatform platform, string file, Func<string, string> change)
    {
        var path = Path.Combine(platform.Standards, file);
        File.WriteAllText(path, change(File.ReadAllText(path)));
    }

    private static string Lab(int from, int count, int value = 1) => "patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time\n"
        + string.Concat(Enumerable.Range(from, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"P{i % 7},R{i},1,{(i % 5 == 0 ? "甲'乙" : "WBC")},{(i % 11 == 0 ? "" : $"{i % 900}.{value % 9}5")},{(i % 3 == 0 ? "H" : "")},2026-01-02 10:00:{i % 60:00}\n")));
}
