using System.Net.Http.Json;
using System.Text.Json;
using DuckDB.NET.Data;
using Xunit;
using Yunnao.Server.Accounts;
using Yunnao.Services.Exports;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.EndToEnd.Standards;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Exports that are killed, or whose disk is full, and go on.</summary>
public sealed class Export_kill_tests(Export_kill_tests.LoadedFolder loaded) : IClassFixture<Export_kill_tests.LoadedFolder>, IDisposable
{
    private const int Loaded = 120_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-export-kill-").FullName;

    private string Data => Path.Combine(_folder, "data");

    private string Standards => Path.Combine(_folder, "standards");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_and_called_again_an_export_holds_every_row_once_and_nothing_else_lies_there()
    {
        loaded.CopyTo(_folder);
        var (whole, cut, random) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "cut"), new Random(11));
        var (code, _, error) = await YunnaoProcess.Run(Arguments(whole));
        Assert.True(code == 0, error);
        for (var round = 0; round < 5 && !File.Exists(Path.Combine(cut, ExportManifest.FileName)); round++)
            await YunnaoProcess.Kill(Arguments(cut), TimeSpan.FromMilliseconds(random.Next(0, 400)), () => Directory.Exists(cut));
        if (!File.Exists(Path.Combine(cut, ExportManifest.FileName))) (code, _, error) = await YunnaoProcess.Run(Arguments(cut));
        Assert.True(code == 0, error);
        Assert.Equal(Files(whole), Files(cut));
        Assert.Equal(0, (await CliRun.Of("en", ["export", "verify", cut])).ExitCode);
        Assert.Equal([(long)Loaded, 0L, 0L], Compare(whole, cut));
    }

    /// <summary>The disk is a limit of the file's size: writing beyond it fails as on a full disk.</summary>
    [Fact]
    public async Task On_a_full_disk_an_export_says_so_and_goes_on_when_there_is_room()
    {
        loaded.CopyTo(_folder);
        var folder = Path.Combine(_folder, "full");
        var output = await ShellAsync($"export DOTNET_EnableWriteXorExecute=0; trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\"", Arguments(folder));
        Assert.Contains("export.file", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, ExportManifest.FileName)));
        var (code, _, error) = await YunnaoProcess.Run(Arguments(folder));
        Assert.True(code == 0, error);
        Assert.Equal(0, (await CliRun.Of("en", ["export", "verify", folder])).ExitCode);
    }

    /// <summary>The server is killed (SIGKILL) while the job of an approved export runs; after the next start it is made, each row once.</summary>
    [Fact]
    public async Task A_server_that_is_killed_during_an_export_makes_it_whole_after_its_start()
    {
        loaded.CopyTo(_folder);
        Server.SmallPolicies.Write(Standards);
        var (port, secrets) = (Ports.Free(), new Dictionary<string, string>());
        var room = (await AccountsRoom.OpenAsync(new() { Folder = Data, Standards = Standards }, RegistryLoader.Load(Standards).Registry!, default)).Value;
        await using (room)
        {
            foreach (var role in new[] { "application", "security_administrator" })
                secrets[role] = (await room.ApplicationsAsync(d => d.CreateAsync(new(role, null, [role], ["H1"], []), "test", default))).Value.Secret!;
        }

        string id;
        await using (var first = await Server.ServerProcess.StartAsync(Standards, Data, port))
        {
            using var recipient = await ClientAsync(port, "application", secrets);
            using var officer = await ClientAsync(port, "security_administrator", secrets);
            using var asked = await recipient.PostAsJsonAsync("api/v1/exports", new { data_sets = new[] { "lab.result", "person.basic" }, purpose = "care", form = "csv" });
            id = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            using var approved = await officer.PostAsJsonAsync($"api/v1/exports/{id}/approve", new { days = 1 });
            Assert.True(approved.IsSuccessStatusCode, await approved.Content.ReadAsStringAsync());
            while (!Directory.Exists(Path.Combine(Data, "exports", id))) await Task.Delay(5);
            await first.KillAsync();
        }

        Assert.False(File.Exists(Path.Combine(Data, "exports", id, ExportManifest.FileName)), "The export was whole before the server was killed.");
        await using var second = await Server.ServerProcess.StartAsync(Standards, Data, port);
        using var client = await ClientAsync(port, "application", secrets);
        JsonElement export;
        do
        {
            await Task.Delay(100);
            export = await client.GetFromJsonAsync<JsonElement>($"api/v1/exports/{id}");
        }
        while (export.GetProperty("state").GetString() == "approved");
        Assert.Equal("done", export.GetProperty("state").GetString());
        Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("api/v1/jobs")).GetArrayLength());
        var fetched = Directory.CreateDirectory(Path.Combine(_folder, "fetched")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(fetched, "lab.result.csv"), await client.GetByteArrayAsync($"api/v1/exports/{id}/files/lab.result.csv"));
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) || ' ' || count(DISTINCT _record) FROM read_csv('{fetched}/lab.result.csv', all_varchar = true)";
        Assert.Equal($"{Loaded} {Loaded}", command.ExecuteScalar());
    }

    private static async Task<HttpClient> ClientAsync(int port, string id, Dictionary<string, string> secrets)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
        using var answer = await http.PostAsync("connect/token", Server.TestServer.Form(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secrets[id]), ("scope", "yunnao")));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        return http;
    }

    private string[] Arguments(string into) => ["export", "run", "--data-set", "lab.result", "person.basic", "--format", "csv", "--out", into, "--data", Data, "--standards", Standards];

    private static async Task<string> ShellAsync(string script, string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", script, YunnaoProcess.Executable(), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return await said;
    }

    private static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    /// <summary>Rows of one export; how many of it the other has not; and how many of the other it has not, copies counted.</summary>
    private static long[] Compare(string one, string other)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        var (a, b) = ($"SELECT * FROM read_csv('{one}/lab.result.csv', all_varchar = true)", $"SELECT * FROM read_csv('{other}/lab.result.csv', all_varchar = true)");
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT (SELECT count(*) FROM ({a})), (SELECT count(*) FROM ({a} EXCEPT ALL {b})), (SELECT count(*) FROM ({b} EXCEPT ALL {a}))";
        using var reader = command.ExecuteReader();
        reader.Read();
        return [reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)];
    }

    /// <summary>A registry and a data folder with the rows, loaded once by the command and copied for each test.</summary>
    public sealed class LoadedFolder : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-export-loaded-").FullName;

        public async ValueTask InitializeAsync()
        {
            var (standards, data, file) = (Path.Combine(_folder, "standards"), Path.Combine(_folder, "data"), Path.Combine(_folder, "lab-1.csv"));
            SmallRegistry.Write(standards);
            await File.WriteAllTextAsync(file, Server.TestServer.LabFile(Loaded));
            var (code, _, error) = await YunnaoProcess.Run("ingest", file, "--source", "plain", "--organisation", "H1", "--data", data, "--standards", standards);
            Assert.True(code == 0, error);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        internal void CopyTo(string folder)
        {
            foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(_folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }
}
