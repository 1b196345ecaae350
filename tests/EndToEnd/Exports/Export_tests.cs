using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yunnao.Services.Exports;
using Yunnao.Services.Web;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Feeds;
using Yunnao.Tests.EndToEnd.Feeds;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>Data in bulk: by request, approval and job over REST; by the command line; cut off and gone on with.</summary>
public sealed class Export_tests(DatabaseServers servers) : IAsyncLifetime, IClassFixture<DatabaseServers>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-export-").FullName;
    private readonly TestServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<(HttpStatusCode, string)> RefusedAsync(HttpMethod method, string address, string role, object? body = null)
    {
        using var answer = await _server.CallAsync(method, address, await _server.TokenAsync(role), body is null ? null : JsonContent.Create(body));
        return (answer.StatusCode, await TestServer.CodeAsync(answer));
    }

    [Fact]
    public async Task An_export_is_asked_for_approved_made_fetched_in_ranges_and_goes_after_its_time()
    {
        var order = new { data_sets = new[] { "lab.result" }, purpose = "care", form = "parquet" };
        var asked = await _server.JsonAsync(HttpMethod.Post, "api/v1/exports", "application", order);
        var id = asked.GetProperty("id").GetString()!;
        Assert.Equal("requested", asked.GetProperty("state").GetString());
        var address = $"api/v1/exports/{id}";

        // Nobody but the security officer decides, nobody but the recipient sees it, and before the decision there is nothing to fetch.
        Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(HttpMethod.Post, $"{address}/approve", "application", new { }));
        Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(HttpMethod.Post, $"{address}/approve", "system_administrator", new { }));
        Assert.Equal((HttpStatusCode.NotFound, "export.unknown"), await RefusedAsync(HttpMethod.Get, address, "doctor"));
        Assert.Equal((HttpStatusCode.Conflict, "export.not-done"), await RefusedAsync(HttpMethod.Get, $"{address}/files/manifest.json", "application"));

        var approved = await _server.JsonAsync(HttpMethod.Post, $"{address}/approve", "security_administrator", new { days = 2 });
        var job = await _server.EndOfJobAsync(approved.GetProperty("job").GetString()!, "application");
        Assert.Equal("done", job.GetProperty("state").GetString());
        Assert.Equal((HttpStatusCode.Conflict, "export.decided"), await RefusedAsync(HttpMethod.Post, $"{address}/refuse", "security_administrator", new { }));

        var manifest = (await _server.JsonAsync(HttpMethod.Get, address, "application")).GetProperty("manifest");
        Assert.Equal(99, manifest.GetProperty("data_sets")[0].GetProperty("rows").GetInt32());
        Assert.Equal("clear", manifest.GetProperty("data_sets")[0].GetProperty("columns").GetProperty("result_value").GetString());
        var file = manifest.GetProperty("files")[0];
        var (name, bytes) = (file.GetProperty("name").GetString()!, file.GetProperty("bytes").GetInt32());
        Assert.Equal((HttpStatusCode.NotFound, "export.unknown"), await RefusedAsync(HttpMethod.Get, $"{address}/files/{name}", "doctor"));
        Assert.Equal((HttpStatusCode.Forbidden, "rights.duty"), await RefusedAsync(HttpMethod.Get, $"{address}/files/{name}", "security_administrator"));
        Assert.Equal((HttpStatusCode.NotFound, "export.no-file"), await RefusedAsync(HttpMethod.Get, $"{address}/files/..%2F..%2Fcontrol.db", "application"));

        byte[] whole = [.. await RangeAsync(name, 0, 99), .. await RangeAsync(name, 100, bytes - 1)];
        Assert.Equal(file.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(whole)));
        var path = Path.Combine(_folder, name);
        await File.WriteAllBytesAsync(path, whole);
        Assert.Equal([("H1", 99L)], Counts($"read_parquet('{path}')"));

        var parts = _server.Ready.Parts!;
        using (var care = new ExportCare(parts.GetRequiredService<ExportStore>(), parts.GetRequiredService<ExportDesk>(), parts.GetRequiredService<ExportFolder>(), new Later(TimeSpan.FromDays(3)))) await care.TidyAsync(default);
        Assert.False(Directory.Exists(new ExportFolder(_server.Options.Folder).Of(id)));
        Assert.Equal((HttpStatusCode.Conflict, "export.not-done"), await RefusedAsync(HttpMethod.Get, $"{address}/files/{name}", "application"));

        async Task<byte[]> RangeAsync(string file, int from, int to)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/files/{file}");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {await _server.TokenAsync("application")}");
            request.Headers.Range = new RangeHeaderValue(from, to);
            using var answer = await _server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync();
        }
    }

    /// <summary>A recipient gives up what it does not need; what it had by then still has a source.</summary>
    [Fact]
    public async Task A_recipient_withdraws_its_request_and_gives_files_up_and_nobody_elses()
    {
        var order = new { data_sets = new[] { "lab.result" }, purpose = "care" };
        async Task<string> AskAsync() => $"api/v1/exports/{(await _server.JsonAsync(HttpMethod.Post, "api/v1/exports", "application", order)).GetProperty("id").GetString()}";
        async Task WithdrawAsync(string address)
        {
            using var answer = await _server.CallAsync(HttpMethod.Delete, address, await _server.TokenAsync("application"));
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        var asked = await AskAsync();
        Assert.Equal((HttpStatusCode.NotFound, "export.unknown"), await RefusedAsync(HttpMethod.Delete, asked, "security_administrator"));
        await WithdrawAsync(asked);
        Assert.Equal("withdrawn", (await _server.JsonAsync(HttpMethod.Get, asked, "application")).GetProperty("reason").GetString());
        Assert.Equal((HttpStatusCode.Conflict, "export.decided"), await RefusedAsync(HttpMethod.Post, $"{asked}/approve", "security_administrator", new { }));

        var made = await AskAsync();
        await _server.EndOfJobAsync((await _server.JsonAsync(HttpMethod.Post, $"{made}/approve", "security_administrator", new { mark = true })).GetProperty("job").GetString()!, "application");
        await WithdrawAsync(made);
        Assert.Equal((HttpStatusCode.Conflict, "export.not-done"), await RefusedAsync(HttpMethod.Get, $"{made}/files/manifest.json", "application"));
        var parts = _server.Ready.Parts!;
        using (var care = new ExportCare(parts.GetRequiredService<ExportStore>(), parts.GetRequiredService<ExportDesk>(), parts.GetRequiredService<ExportFolder>(), TimeProvider.System)) await care.TidyAsync(default);
        Assert.False(Directory.Exists(new ExportFolder(_server.Options.Folder).Of(Path.GetFileName(made))));
        Assert.Equal("expired", (await _server.JsonAsync(HttpMethod.Get, made, "application")).GetProperty("state").GetString());
    }

    /// <summary>Into a database that the administrator described, for whom it is meant, and nowhere else; approved as files are.</summary>
    [Fact]
    public async Task An_export_into_a_database_names_one_of_the_administrators_and_shows_what_its_recipient_may_see()
    {
        var (connection, database) = servers.Make("postgres");
        await using var _ = database;
        var targets = Directory.CreateDirectory(Path.Combine(_server.Options.Folder, TargetReader.Folder)).FullName;
        await File.WriteAllTextAsync(Path.Combine(targets, "password"), DatabaseServers.Password);
        Task DescribeAsync(string name, string recipients) => File.WriteAllTextAsync(
            Path.Combine(targets, name + ".yaml"), $"name: {{ zh: 库, en: Store }}\nkind: postgres\nconnection: \"{connection}\"\nschema: care\nrecipients: [{recipients}]\nsecret: {{ file: password }}\n");
        await DescribeAsync("ours", "app-application");
        await DescribeAsync("others", "somebody");
        object Order(string target) => new { data_sets = new[] { "lab.result" }, purpose = "care", target };
        Assert.Equal((HttpStatusCode.NotFound, "target.unknown"), await RefusedAsync(HttpMethod.Post, "api/v1/exports", "application", Order("Host=10.0.0.1")));
        Assert.Equal((HttpStatusCode.Forbidden, "target.recipient"), await RefusedAsync(HttpMethod.Post, "api/v1/exports", "application", Order("others")));
        var listed = await _server.JsonAsync(HttpMethod.Get, "api/v1/exports/targets", "application");
        Assert.Equal(["ours"], listed.EnumerateArray().Select(t => t.GetProperty("id").GetString()!));
        Assert.DoesNotContain("127.0.0.1", listed.GetRawText(), StringComparison.Ordinal);

        var asked = await _server.JsonAsync(HttpMethod.Post, "api/v1/exports", "application", Order("ours"));
        Assert.Equal("requested", asked.GetProperty("state").GetString());
        var id = asked.GetProperty("id").GetString()!;
        var approved = await _server.JsonAsync(HttpMethod.Post, $"api/v1/exports/{id}/approve", "security_administrator", new { days = 2 });
        var job = await _server.EndOfJobAsync(approved.GetProperty("job").GetString()!, "application");
        Assert.Equal("done", job.GetProperty("state").GetString());
        using var command = database.CreateCommand();
        command.CommandText = "SELECT string_agg(DISTINCT _org, ' ') || ' ' || count(*) || ' ' || (SELECT rows FROM care.yunnao_export) FROM care.lab_result";
        Assert.Equal("H1 99 99", command.ExecuteScalar());
    }

    [Theory]
    [InlineData("""{"data_sets": [], "purpose": "care"}""", HttpStatusCode.BadRequest, "export.order", "application")]
    [InlineData("""{"data_sets": ["no.such"], "purpose": "care"}""", HttpStatusCode.NotFound, "query.data-set", "application")]
    [InlineData("""{"data_sets": ["lab.result"], "purpose": "self"}""", HttpStatusCode.Forbidden, "scope.role", "application")]
    [InlineData("""{"data_sets": ["lab.result"], "purpose": "interface"}""", HttpStatusCode.Forbidden, "scope.subject", "application")]
    [InlineData("""{"data_sets": ["lab.result"], "purpose": "management"}""", HttpStatusCode.Forbidden, "scope.rows", "manager")]
    [InlineData("""{"data_sets": ["lab.result"], "purpose": "care", "from": "2025-03-02", "to": "2025-03-01"}""", HttpStatusCode.BadRequest, "data.range", "application")]
    public async Task What_nobody_may_have_is_refused_when_it_is_asked_for(string body, HttpStatusCode status, string code, string role) =>
        Assert.Equal((status, code), await RefusedAsync(HttpMethod.Post, "api/v1/exports", role, JsonElement.Parse(body)));

    [Fact]
    public async Task The_command_line_exports_every_form_with_and_without_a_server_and_proves_it()
    {
        // By the server that owns the folder.
        var first = Path.Combine(_folder, "by-server");
        Assert.Equal(0, (await RunAsync("run", "--data-set", "lab.result", "person.basic", "--out", first)).ExitCode);
        Assert.Equal([("H1", 99L), ("H2", 39L)], Counts($"read_parquet('{first}/lab.result.parquet')"));
        Assert.Equal(0, (await RunAsync("verify", first)).ExitCode);
        await _server.StopAsync();

        foreach (var (form, source) in new[]
        {
            ("parquet", "read_parquet('{0}/lab.result/*.parquet')"), ("csv", "read_csv('{0}/lab.result/*.csv.gz')"), ("ndjson", "read_json('{0}/lab.result/*.ndjson.gz')"),
        })
        {
            var folder = Path.Combine(_folder, form);
            Assert.Equal(0, (await RunAsync("run", "--data-set", "lab.result", "--format", form, "--compress", "--split-mb", "1", "--out", folder)).ExitCode);
            Assert.Equal([("H1", 99L), ("H2", 39L)], Counts(string.Format(System.Globalization.CultureInfo.InvariantCulture, source, folder)));
        }

        var database = Path.Combine(_folder, "db");
        Assert.Equal(0, (await RunAsync("run", "--data-set", "lab.result", "--format", "duckdb", "--organisation", "H2", "--from", "2025-03-01", "--to", "2025-03-15", "--out", database)).ExitCode);
        var counts = Counts("lab.result", Path.Combine(database, "data.duckdb"));
        Assert.Equal("H2", Assert.Single(counts).Org);
        Assert.InRange(counts[0].Rows, 1, 30);

        Assert.Contains("export.exists", (await RunAsync("run", "--data-set", "lab.result", "--out", first)).Error, StringComparison.Ordinal);
        var news = Path.Combine(_folder, "news");
        Assert.Equal(0, (await RunAsync("run", "--data-set", "lab.result", "--since", first, "--out", news)).ExitCode);
        Assert.Equal(0, Manifest(news).DataSets.Sum(d => d.Rows));
        await File.AppendAllTextAsync(Path.Combine(first, "lab.result.parquet"), "x");
        Assert.Contains("export.damaged", (await RunAsync("verify", first)).Error, StringComparison.Ordinal);
    }

    /// <summary>Cut off between two data sets, with a half-written file lying there: the first is not written again, and the whole is as if nothing had been.</summary>
    [Fact]
    public async Task An_export_that_was_cut_off_goes_on_and_holds_every_row_once()
    {
        await _server.StopAsync();
        var platform = Yunnao.Server.Platform.Open(_server.Standards, _server.Options.Folder).Value;
        using (platform)
        {
            var room = (await TrustRoom.OpenAsync(new() { Folder = _server.Options.Folder, SealMinutes = 0 }, platform.Registry, platform.Lake)).Value;
            await using (room)
            {
                var run = new ExportRun(room.Lake!, platform.Registry, platform.Shapes, TimeProvider.System);
                var (scope, order, folder) = (LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "test"), new ExportOrder(["lab.result", "person.basic"], "test") { Form = ExportForm.Csv }, Path.Combine(_folder, "cut"));
                using var cut = new CancellationTokenSource();

                // Its first act of all was cut off: a folder with half of the file that says how far it is.
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(Path.Combine(folder, "progress.json.part"), "{\"Ord");
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync(scope, order, folder, (step, _) =>
                {
                    if (step == "person.basic") cut.Cancel();
                }, cut.Token));
                Assert.False(File.Exists(Path.Combine(folder, ExportManifest.FileName)));
                var written = File.GetLastWriteTimeUtc(Path.Combine(folder, "lab.result.csv"));
                await File.WriteAllTextAsync(Path.Combine(folder, "person.basic.csv"), "half a li");

                Assert.Equal("export.of-another", (await run.RunAsync(scope, order with { Compressed = true }, folder, (_, _) => { }, default)).Problem!.Code);
                var manifest = (await run.RunAsync(scope, order, folder, (_, _) => { }, default)).Value;
                Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(folder, "lab.result.csv")));
                Assert.Equal([138, 0], manifest.DataSets.Select(d => d.Rows));
                Assert.Equal([("H1", 99L), ("H2", 39L)], Counts($"read_csv('{folder}/lab.result.csv')"));
                Assert.DoesNotContain("half", await File.ReadAllTextAsync(Path.Combine(folder, "person.basic.csv")), StringComparison.Ordinal);
                Assert.Equal(["lab.result.csv", "manifest.json", "person.basic.csv"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

                // What was taken back since is told of as gone, with nothing of it but its key; a record of another time is too, since it may have been of this one.
                var gone = platform.Lake.TakeBack(2).Problem is null;
                var later = order with { Since = manifest.Mark };
                Assert.True(gone);
                var news = (await run.RunAsync(scope, later, Path.Combine(_folder, "later"), (_, _) => { }, default)).Value;
                var source = $"read_csv('{_folder}/later/lab.result.csv')";
                Assert.Equal(39, news.DataSets[0].Rows);
                Assert.Equal([("H2", 39L)], Counts($"{source} WHERE _deleted AND item_code IS NULL AND _record IN (SELECT _record FROM read_csv('{folder}/lab.result.csv'))"));
                Assert.Equal("export.full-needed", (await run.RunAsync(scope, order with { Since = new(manifest.Mark.Batch + 7, 0) }, Path.Combine(_folder, "other"), (_, _) => { }, default)).Problem!.Code);
                Assert.Equal(0, (await run.RunAsync(scope, order with { Since = news.Mark, To = new(2025, 3, 15) }, Path.Combine(_folder, "none"), (_, _) => { }, default)).Value.DataSets.Sum(d => d.Rows));
            }
        }
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.Of("en", ["export", .. args, "--data", _server.Options.Folder, "--standards", _server.Standards]);

    private static ExportManifest Manifest(string folder) => JsonSerializer.Deserialize<ExportManifest>(File.ReadAllBytes(Path.Combine(folder, ExportManifest.FileName)), ApiJson.Options)!;

    private static List<(string Org, long Rows)> Counts(string source, string database = ":memory:")
    {
        using var connection = new DuckDBConnection($"DataSource={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {SystemColumns.Org}::VARCHAR, count(*) FROM {source} GROUP BY 1 ORDER BY 1";
        using var reader = command.ExecuteReader();
        var counts = new List<(string, long)>();
        while (reader.Read()) counts.Add((reader.GetString(0), reader.GetInt64(1)));
        return counts;
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => TimeProvider.System.GetUtcNow() + by;
    }
}
