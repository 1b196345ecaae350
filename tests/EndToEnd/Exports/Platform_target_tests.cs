using System.Globalization;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Server.Accounts;
using Yunnao.Services.Exports;
using Yunnao.Services.Exports.Targets;
using Yunnao.Standards.Feeds;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Exports from one platform into another, both real; compared record by record, persons by which records they share.</summary>
public sealed class Platform_target_tests : IAsyncDisposable
{
    private const string Name = "province";
    private const string Columns =
        "_org, report_no, item_no, item_code, result_value, abnormal_flag, _time, min(_org || report_no) OVER (PARTITION BY _subject) AS person";

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-platforms-").FullName;
    private readonly TestPlatform _sender = new();
    private readonly int _port = Ports.Free();
    private ServerProcess? _receiver;
    private string _secret = "";

    private string Data => Path.Combine(_folder, "data");

    private string Standards => Path.Combine(_folder, "standards");

    private string Lake => Path.Combine(Data, "lake.duckdb");

    public async ValueTask DisposeAsync()
    {
        if (_receiver is not null) await _receiver.DisposeAsync();
        _sender.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Another_platform_follows_through_corrections_deletions_and_deaths_of_either_side()
    {
        await MakeReceiverAsync();
        Describe();
        await LoadAsync("lab1.csv", Lab(0, 300));
        await LoadAsync("lab2.csv", Lab(300, 200), "H2");
        await LoadAsync("person1.csv", "patient_id,name,id_number,sex,birth_date,recorded_time\nP1,测试,11010519491231002X,2,1949-12-31,2026-01-01 00:00:00\n");
        await LoadAsync("person2.csv", "patient_id,name,id_number,sex,birth_date,recorded_time\nP2,测试,11010519491231002X,2,1949-12-31,2026-01-01 00:00:00\n", "H2");

        // Nobody is there yet; then somebody who does not know the client.
        Assert.Equal("target.connect", (await ExportAsync()).Problem?.Code);
        await StartAsync();
        Describe(secret: "wrong");
        var login = (await ExportAsync()).Problem!;
        Assert.Equal("target.login", login.Code);
        Assert.DoesNotContain("wrong", login.ToString(), StringComparison.Ordinal);
        Describe(client: "reader");
        Assert.Equal("target.rights", (await ExportAsync()).Problem?.Code);
        Describe(connection: "Url=http://10.0.0.1:8420;Client=sender");
        Assert.Equal("target.connection", (await ExportAsync()).Problem?.Code);
        Describe();

        // The person of two hospitals is one there too.
        Assert.Equal((500L, null), await ExportAsync());
        await SameAsync();
        Assert.Equal((0L, null), await ExportAsync());

        // Corrections and new records.
        await LoadAsync("lab3.csv", Lab(250, 100, value: 7));
        Assert.Equal((100L, null), await ExportAsync());
        await SameAsync();

        // A batch taken back with what it had superseded: the other side has neither.
        Assert.Null(_sender.Lake.TakeBack(5, default).Problem);
        Assert.Null(_sender.Lake.TakeBack(2, default).Problem);
        Assert.Equal((300L, null), await ExportAsync());
        await SameAsync();
        Assert.Equal((0L, null), await ExportAsync());

        // The other side dies in the middle of sixty thousand; the same order goes on.
        await LoadAsync("lab4.csv", Lab(200, 60_000, value: 3));
        var reports = 0;
        var (_, problem) = await ExportAsync(report: step =>
        {
            if (step.Contains(' ', StringComparison.Ordinal) && ++reports == 1) _receiver!.KillAsync().GetAwaiter().GetResult();
        });
        Assert.Equal("target.connect", problem?.Code);
        await StartAsync();
        Assert.Equal((60_000L, null), await ExportAsync());
        await SameAsync();

        // This side dies, at three moments, while it writes all anew.
        _sender.Close();
        string[] arguments = ["export", "run", "--data-set", "lab.result", "--target", Name, "--full", "--data", _sender.Data, "--standards", _sender.Standards];
        for (var kill = 0; kill < 3; kill++) await YunnaoProcess.Kill(arguments, TimeSpan.FromMilliseconds(150 + (300 * kill)), () => File.Exists(Path.Combine(_sender.Data, TargetReader.Folder, $"{Name}.sent.json.lock")));
        var (code, _, error) = await YunnaoProcess.Run(arguments);
        Assert.True(code == 0, error);
        await SameAsync();

        // A sender that forgot, as one that was restored from a backup, sends all anew, and nothing is there twice.
        _sender.Reopen();
        File.Delete(Path.Combine(_sender.Data, TargetReader.Folder, $"{Name}.sent.json"));
        Assert.Null(_sender.Lake.TakeBack(1, default).Problem);
        Assert.Null((await ExportAsync()).Problem);
        await SameAsync();
        var verified = await CliRun.Of("en", "lake", "verify", "--data", Data, "--standards", Standards);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
    }

    private async Task MakeReceiverAsync()
    {
        SmallRegistry.Write(Standards);
        SmallPolicies.Write(Standards);
        var room = (await AccountsRoom.OpenAsync(new() { Folder = Data, Standards = Standards }, RegistryLoader.Load(Standards).Registry!, default)).Value;
        await using (room)
        {
            _secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("sender", null, ["data_engineer"], [], []), "test", default))).Value.Secret!;
            var reader = (await room.ApplicationsAsync(d => d.CreateAsync(new("reader", null, ["application"], ["H1"], []), "test", default))).Value.Secret!;
            File.WriteAllText(Path.Combine(_folder, "reader"), reader);
        }
    }

    private async Task StartAsync() => _receiver = await ServerProcess.StartAsync(Standards, Data, _port);

    private void Describe(string? secret = null, string client = "sender", string? connection = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_sender.Data, TargetReader.Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, "secret"), secret ?? (client == "reader" ? File.ReadAllText(Path.Combine(_folder, "reader")) : _secret));
        connection ??= $"Url=http://127.0.0.1:{_port};Client={client};Sender=city-a;Part=1";
        File.WriteAllText(Path.Combine(folder, Name + ".yaml"), $"name: {{ zh: 省平台, en: Province }}\nkind: yunnao\nconnection: \"{connection}\"\nsecret: {{ file: secret }}\n");
    }

    private async Task LoadAsync(string name, string content, string? organisation = null)
    {
        await foreach (var outcome in _sender.Ingest.IngestAsync(new([_sender.File(name, content)], "plain", organisation), null, default)) Assert.Null(outcome.Problem);
    }

    private async Task<(long Rows, Problem? Problem)> ExportAsync(Action<string>? report = null)
    {
        var room = (await TrustRoom.OpenAsync(new() { Folder = _sender.Data, SealMinutes = 0 }, _sender.Registry, _sender.Lake)).Value;
        await using (room)
        {
            var order = new ExportOrder(["lab.result"], "test") { Target = Name };
            var shapes = _sender.Registry.DataSets.Values.Select(d => new Yunnao.Standards.Compile.TableShape(d)).ToList();
            var run = new TargetRun(room.Lake!, _sender.Registry, shapes, new TargetBook(_sender.Data, new FileSeal(room.Keys)), TimeProvider.System);
            var done = await run.RunAsync(LocalAdministrator.ScopeOver(_sender.Registry.DataSets.Values, order.Purpose), order, (step, _) => report?.Invoke(step), TestContext.Current.CancellationToken);
            return done.Try(out var manifest, out var problem) ? (manifest.DataSets.Sum(d => d.Rows), null) : (0, problem);
        }
    }

    /// <summary>Both sides have the same records with the same values, of the same persons.</summary>
    private async Task SameAsync()
    {
        var sql = $"SELECT {Columns} FROM lab.result ORDER BY ALL";
        var (here, there) = (await QueryAsync(_sender.Data, _sender.Standards, sql, close: true), await QueryAsync(Data, Standards, sql, close: false));
        Assert.Equal(here.Length, there.Length);
        Assert.Equal(here, there);
    }

    private async Task<string[]> QueryAsync(string data, string standards, string sql, bool close)
    {
        if (close) _sender.Close();
        var asked = await CliRun.Of("en", "query", sql, "--json", "--data", data, "--standards", standards);
        if (close) _sender.Reopen();
        Assert.True(asked.ExitCode == 0, asked.Error);
        return asked.Out.Split('\n');
    }

    private static string Lab(int from, int count, int value = 1) => "patient_id,report_no,item_no,item_code,result_value,abnormal_flag,report_time\n"
        + string.Concat(Enumerable.Range(from, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"P{i % 7},R{i},1,{(i % 5 == 0 ? "\"甲\"\",\n乙\"" : "WBC")},{(i % 11 == 0 ? "" : $"{i % 900}.{value % 9}5")},{(i % 3 == 0 ? "H" : "")},2026-01-02 10:00:{i % 60:00}\n")));
}
