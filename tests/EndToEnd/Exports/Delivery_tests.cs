using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yunnao.Services.Exports;
using Yunnao.Tests.EndToEnd.Feeds;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Tests.EndToEnd.Standards;
using Yunnao.Trust.Audit;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>What recipients get: closed for their certificate, signed, marked so that a leak names them, by a timetable, as a workbook, split, pushed.</summary>
public sealed class Delivery_tests(Export_server server, S3Server s3) : IClassFixture<Export_server>, IDisposable
{
    private static readonly string[] s_data = ["lab.result"];

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-delivery-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_are_closed_for_the_recipients_certificate_and_the_manifest_is_signed()
    {
        var openssl = PeerProcess.Find("openssl");
        var (key, certificate) = Envelope_tests.Pair(_folder, "recipient", "rsa:2048");
        var order = new { data_sets = s_data, purpose = "care", form = "csv", certificate = await File.ReadAllTextAsync(certificate) };
        var export = await server.ExportAsync("application", order);
        var file = export.GetProperty("manifest").GetProperty("files")[0];
        Assert.Equal("lab.result.csv.p7m", file.GetProperty("name").GetString());

        // Nothing in clear waits on the server, and nobody there could open it.
        var waiting = Directory.GetFiles(new ExportFolder(server.Options.Folder).Of(export.GetProperty("id").GetString()!)).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["lab.result.csv.p7m", "manifest.json", "manifest.json.sig"], waiting);
        var (folder, opened, publicKey) = (Path.Combine(_folder, "got"), Path.Combine(_folder, "opened.csv"), Path.Combine(_folder, "platform.pem"));
        await server.FetchAsync("application", export, folder);
        PeerProcess.Run(openssl, "cms", "-decrypt", "-inform", "DER", "-in", Path.Combine(folder, "lab.result.csv.p7m"), "-inkey", key, "-recip", certificate, "-out", opened);
        Assert.Equal(file.GetProperty("clear_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(opened))));

        await File.WriteAllTextAsync(publicKey, await server.Http.GetStringAsync("api/v1/exports/key"));
        PeerProcess.Run(openssl, "dgst", "-sha256", "-verify", publicKey, "-signature", Path.Combine(folder, "manifest.json.sig"), Path.Combine(folder, "manifest.json"));
        Assert.Equal(0, (await CliRun.Of("en", ["export", "verify", folder, "--key", publicKey])).ExitCode);
        Assert.Equal(0, (await CliRun.Of("en", ["export", "open", folder, "--key", key])).ExitCode);
        Assert.Equal(await File.ReadAllBytesAsync(opened), await File.ReadAllBytesAsync(Path.Combine(folder, "lab.result.csv")));

        await File.AppendAllTextAsync(Path.Combine(folder, "manifest.json"), " ");
        Assert.Contains("export.signature", (await CliRun.Of("en", ["export", "verify", folder, "--key", publicKey])).Error, StringComparison.Ordinal);
        var (wrong, _) = Envelope_tests.Pair(_folder, "other", "rsa:2048");
        Assert.Contains("export.key", (await CliRun.Of("zh-CN", ["export", "open", folder, "--key", wrong])).Error, StringComparison.Ordinal);
        using var refused = await server.CallAsync(HttpMethod.Post, "api/v1/exports", await server.TokenAsync("application"), JsonContent.Create(order with { certificate = "none" }));
        Assert.Equal("export.certificate", await TestServer.CodeAsync(refused));
    }

    [Fact]
    public async Task A_leak_names_its_recipient_from_half_of_the_rows_in_another_form_without_its_keys_and_a_strangers_file_names_nobody()
    {
        var all = (await server.ExportAsync("application", new { data_sets = s_data, purpose = "research", form = "csv" }, new { mark = false })).GetProperty("manifest").GetProperty("data_sets")[0].GetProperty("rows").GetInt32();
        var one = await MarkedAsync("application", "parquet");
        var other = await MarkedAsync("researcher", "csv");
        Assert.InRange(one.Rows, all - 250, all - 50);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();

        // Half of the rows in another order, as CSV; without keys; with keys that were replaced.
        foreach (var (name, columns) in new[] { ("all", "*"), ("values", "result_value, report_time, item_code"), ("replaced", "md5(_record) AS _record, md5(_subject) AS _subject, result_value, report_time") })
        {
            foreach (var (source, whose) in new[] { ($"read_parquet('{one.File}')", "app-application"), ($"read_csv('{other.File}')", "app-researcher") })
            {
                var leak = Path.Combine(_folder, $"{name}.csv");
                Execute(connection, $"COPY (SELECT {columns} FROM {source} WHERE hash(result_value, 7) % 2 = 0 ORDER BY hash(result_value, 3)) TO '{leak}' (HEADER)");
                var named = (await TraceAsync(leak)).Where(s => s.GetProperty("named").GetBoolean()).ToList();
                Assert.Equal(whose, Assert.Single(named).GetProperty("who").GetString());
                Assert.True(named[0].GetProperty("false_positive").GetDouble() <= ExportTrace.MostFalse);
                Assert.Equal(0, named[0].GetProperty("left_out").GetInt64());
            }
        }

        // The same rows from somebody whose export is not marked; a part that is too small; another file.
        var stranger = await server.ExportAsync("doctor", new { data_sets = s_data, purpose = "care", form = "csv" });
        Assert.False(stranger.GetProperty("order").GetProperty("marked").GetBoolean());
        await server.FetchAsync("doctor", stranger, _folder);
        var file = Path.Combine(_folder, "lab.result.csv");
        Assert.DoesNotContain(await TraceAsync(file), s => s.GetProperty("named").GetBoolean());
        var few = Path.Combine(_folder, "few.csv");
        Execute(connection, $"COPY (SELECT result_value, report_time FROM read_parquet('{one.File}') LIMIT 200) TO '{few}' (HEADER)");
        Assert.DoesNotContain(await TraceAsync(few), s => s.GetProperty("named").GetBoolean());
        await File.WriteAllTextAsync(Path.Combine(_folder, "not.parquet"), "nothing");
        var run = await CliRun.Of("en", ["export", "trace", Path.Combine(_folder, "not.parquet"), "--data", server.Options.Folder, "--standards", server.Standards]);
        Assert.Contains("export.trace-file", run.Error, StringComparison.Ordinal);

        // A file of other columns is told from one with too few rows.
        await File.WriteAllTextAsync(Path.Combine(_folder, "other.csv"), "stock,price\nA,1\n");
        run = await CliRun.Of("en", ["export", "trace", Path.Combine(_folder, "other.csv"), "--data", server.Options.Folder, "--standards", server.Standards]);
        Assert.Contains("export.trace-columns", run.Error, StringComparison.Ordinal);
        run = await CliRun.Of("en", ["export", "trace", one.File, "--data", server.Options.Folder, "--standards", server.Standards]);
        Assert.Contains("The source is app-application", run.Out, StringComparison.Ordinal);

        async Task<(string File, int Rows)> MarkedAsync(string role, string form)
        {
            var export = await server.ExportAsync(role, new { data_sets = s_data, purpose = "research", form });
            Assert.True(export.GetProperty("order").GetProperty("marked").GetBoolean());
            var folder = Path.Combine(_folder, role);
            await server.FetchAsync(role, export, folder);
            return (Path.Combine(folder, $"lab.result.{form}"), export.GetProperty("manifest").GetProperty("data_sets")[0].GetProperty("rows").GetInt32());
        }

        async Task<List<JsonElement>> TraceAsync(string leak)
        {
            using var body = new ByteArrayContent(await File.ReadAllBytesAsync(leak));
            using var answer = await server.CallAsync(HttpMethod.Post, $"api/v1/exports/trace?name={Path.GetFileName(leak)}", await server.TokenAsync("security_administrator"), body);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return [.. JsonElement.Parse(text).EnumerateArray()];
        }
    }

    [Fact]
    public async Task A_standing_order_is_approved_once_and_each_run_holds_what_is_new_and_none_is_doubled()
    {
        var wish = new { order = new { data_sets = s_data, purpose = "care", form = "csv" }, times = "0 3 * * *" };
        using (var wrong = await server.CallAsync(HttpMethod.Post, "api/v1/exports/standing", await server.TokenAsync("application"), JsonContent.Create(wish with { times = "every day" })))
            Assert.Equal("export.times", await TestServer.CodeAsync(wrong));
        var asked = await server.JsonAsync(HttpMethod.Post, "api/v1/exports/standing", "application", wish);
        var (id, address) = (asked.GetProperty("id").GetString()!, $"api/v1/exports/standing/{asked.GetProperty("id").GetString()}");
        using (var denied = await server.CallAsync(HttpMethod.Post, $"{address}/approve", await server.TokenAsync("application"), JsonContent.Create(new { })))
            Assert.Equal("rights.duty", await TestServer.CodeAsync(denied));
        Assert.Equal("running", (await server.JsonAsync(HttpMethod.Post, $"{address}/approve", "security_administrator", new { })).GetProperty("state").GetString());

        // A day later it runs; looked at once more, and once more after a crash between the run and the next time, it is one run.
        await DueAsync(1);
        var store = server.Ready.Parts!.GetRequiredService<StandingStore>();
        var ran = (await store.FindAsync(id, default))!;
        await DueAsync(1);
        Assert.Equal(ran.LastRun, (await store.FindAsync(id, default))!.LastRun);
        var (first, _) = await EndAsync(ran.LastRun!);
        var before = (await server.JsonAsync(HttpMethod.Get, $"api/v1/exports?most=1000", "application")).GetArrayLength();
        Assert.True(await store.ChangeAsync(ran, ran with { LastRun = null, Next = ExportTime(ran.LastRun!) }, default));
        await DueAsync(1);
        Assert.Equal(ran.LastRun, (await store.FindAsync(id, default))!.LastRun);
        Assert.Equal(before, (await server.JsonAsync(HttpMethod.Get, $"api/v1/exports?most=1000", "application")).GetArrayLength());

        await server.LoadAsync($"news{Guid.NewGuid():n}"[..10], 50);
        await DueAsync(2);
        var (second, since) = await EndAsync((await store.FindAsync(id, default))!.LastRun!);
        Assert.True(first >= Export_server.Loaded);
        Assert.Equal(50, second);
        Assert.NotNull(since);

        Assert.Equal("paused", (await server.JsonAsync(HttpMethod.Post, $"{address}/pause", "application")).GetProperty("state").GetString());
        var last = (await store.FindAsync(id, default))!.LastRun;
        await DueAsync(3);
        Assert.Equal(last, (await store.FindAsync(id, default))!.LastRun);
        Assert.Equal("running", (await server.JsonAsync(HttpMethod.Post, $"{address}/resume", "application")).GetProperty("state").GetString());
        await DueAsync(400);
        Assert.Equal(StandingState.Ended, (await store.FindAsync(id, default))!.State);
        await server.JsonAsync(HttpMethod.Delete, address, "application");
        Assert.Null(await store.FindAsync(id, default));

        // The local administrator's own, by the command line.
        Assert.Equal(0, (await ScheduleAsync("add", "--data-set", "lab.result", "--times", "0 6 * * MON")).ExitCode);
        var listed = await ScheduleAsync("list");
        Assert.Contains("0 6 * * MON", listed.Out, StringComparison.Ordinal);
        var own = (await store.AllAsync(null, default))[0].Id;
        foreach (var verb in (string[])["pause", "resume", "remove"]) Assert.Equal(0, (await ScheduleAsync(verb, own)).ExitCode);
        Assert.Contains("export.unknown", (await ScheduleAsync("pause", own)).Error, StringComparison.Ordinal);

        Task<CliRun> ScheduleAsync(params string[] args) => CliRun.Of("en", ["export", "schedule", .. args, "--data", server.Options.Folder]);

        DateTimeOffset ExportTime(string run) => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(run[..12], 16));

        async Task DueAsync(int days)
        {
            var parts = server.Ready.Parts!;
            await new StandingDesk(
                parts.GetRequiredService<StandingStore>(), parts.GetRequiredService<ExportStore>(), parts.GetRequiredService<ExportDesk>(), parts.GetRequiredService<AuditLog>(), new Later(TimeSpan.FromDays(days))).RunDueAsync(default);
        }

        async Task<(int Rows, int? Since)> EndAsync(string run)
        {
            var export = await server.JsonAsync(HttpMethod.Get, $"api/v1/exports/{run}", "application");
            await server.EndOfJobAsync(export.GetProperty("job").GetString()!, "application");
            export = await server.JsonAsync(HttpMethod.Get, $"api/v1/exports/{run}", "application");
            Assert.Equal("done", export.GetProperty("state").GetString());
            return (export.GetProperty("manifest").GetProperty("data_sets")[0].GetProperty("rows").GetInt32(), export.GetProperty("order").TryGetProperty("since", out var since) ? since.GetProperty("batch").GetInt32() : null);
        }
    }

    [Fact]
    public async Task A_workbook_has_a_sheet_a_data_set_and_large_data_is_split()
    {
        var export = await server.ExportAsync("application", new { data_sets = (string[])["lab.result", "person.basic"], purpose = "care", form = "xlsx" });
        await server.FetchAsync("application", export, _folder);
        using (var book = DocumentFormat.OpenXml.Packaging.SpreadsheetDocument.Open(Path.Combine(_folder, "data.xlsx"), isEditable: false))
        {
            var sheets = book.WorkbookPart!.Workbook!.Sheets!.Elements<DocumentFormat.OpenXml.Spreadsheet.Sheet>().ToList();
            Assert.Equal(["lab.result", "person.basic"], sheets.Select(s => s.Name!.Value));
            var rows = ((DocumentFormat.OpenXml.Packaging.WorksheetPart)book.WorkbookPart.GetPartById(sheets[0].Id!)).Worksheet!.Descendants<DocumentFormat.OpenXml.Spreadsheet.Row>().ToList();
            Assert.Equal(export.GetProperty("manifest").GetProperty("data_sets")[0].GetProperty("rows").GetInt32() + 1, rows.Count);
            Assert.Contains(rows[1].Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>(), c => c.DataType?.Value == DocumentFormat.OpenXml.Spreadsheet.CellValues.Number);
        }

        export = await server.ExportAsync("application", new { data_sets = s_data, purpose = "care", form = "ndjson", split_mb = 1 });
        var files = export.GetProperty("manifest").GetProperty("files").EnumerateArray().ToList();
        Assert.True(files.Count > 1, export.ToString());
        Assert.All(files, f => Assert.InRange(f.GetProperty("bytes").GetInt64(), 1, 2_000_000));
        await server.FetchAsync("application", export, _folder);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(DISTINCT _record) = count(*) AND count(*) = {export.GetProperty("manifest").GetProperty("data_sets")[0].GetProperty("rows").GetInt32()} FROM read_json('{_folder}/lab.result/*.ndjson')";
        Assert.Equal(true, command.ExecuteScalar());
    }

    [Fact]
    public async Task Finished_files_are_pushed_into_a_bucket_and_a_push_that_was_cut_off_goes_on()
    {
        var place = await s3.BucketAsync("city/");
        var parts = server.Ready.Parts!;
        var seal = parts.GetRequiredService<Yunnao.Trust.Keys.FileSeal>();
        var export = await server.ExportAsync("application", new { data_sets = s_data, purpose = "care", form = "ndjson", split_mb = 1 });
        var (id, folder) = (export.GetProperty("id").GetString()!, new ExportFolder(server.Options.Folder));
        var (manifest, target) = (folder.Manifest(id)!, new ExportPlace(place, seal));
        using var cut = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.PushAsync(id, manifest, folder.Of(id), (file, part) =>
        {
            if (part > 0) cut.Cancel();
        }, cut.Token));
        using var client = place.Connect();
        var (first, key) = (manifest.Files[0], $"city/{id}/{manifest.Files[0].Name}");
        var sent = (await client.GetObjectMetadataAsync(place.Bucket, key)).LastModified;
        await Assert.ThrowsAnyAsync<Amazon.S3.AmazonS3Exception>(() => client.GetObjectMetadataAsync(place.Bucket, $"city/{id}/manifest.json"));
        Assert.Null(await target.PushAsync(id, manifest, folder.Of(id), (_, _) => { }, default));
        Assert.Equal(sent, (await client.GetObjectMetadataAsync(place.Bucket, key)).LastModified);
        foreach (var file in manifest.Files)
        {
            using var got = await client.GetObjectAsync(place.Bucket, $"city/{id}/{file.Name}");
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(got.ResponseStream)));
        }

        Assert.Equal("export.place", (await new ExportPlace(place with { Bucket = "no-such-bucket" }, seal).PushAsync(id, manifest, folder.Of(id), (_, _) => { }, default))!.Code);
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
