using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;
using Yunnao.Tests.EndToEnd.Server;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Rights;

namespace Yunnao.Tests.EndToEnd.Exports;

/// <summary>A server with 12,000 results of hospital H1, whose persons consent to research.</summary>
public sealed class Export_server : TestServer
{
    public const int Loaded = 12_000;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await LoadAsync("big", Loaded);
        var parts = Ready.Parts!;
        var subjects = new HashSet<ulong>();
        var answer = (await parts.GetRequiredService<DuckDbLake>().RunAsync(LocalAdministrator.ScopeOver(parts.GetRequiredService<Yunnao.Standards.Registry>().DataSets.Values, "test"), new Query("lab.result") { Outputs = [new(SystemColumns.Subject), new(null, Aggregate.Count)] }, default)).Value;
        await foreach (var batch in answer.Batches)
        {
            using (batch)
                for (var i = 0; i < batch.Length; i++) subjects.Add(ulong.Parse(ArrowCell.Text(batch.Column(0), i)!, CultureInfo.InvariantCulture));
        }

        await answer.DisposeAsync();
        Assert.Null(await parts.GetRequiredService<ConsentBook>().RecordManyAsync([.. subjects.Select(s => new ConsentChange(s, "research", ConsentDecision.Given, "test"))], "test"));
    }

    /// <summary>Loads results of which no two values are alike.</summary>
    internal async Task LoadAsync(string name, int rows)
    {
        var lines = Enumerable.Range(1, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"P{i % 20},{name}{i},1,GLU,{4 + (i / 1000.0)},2025-03-{1 + (i % 28):00} 08:00:00\n"));
        using var body = new StringContent("patient_id,report_no,item_no,item_code,result_value,report_time\n" + string.Concat(lines));
        using var answer = await CallAsync(HttpMethod.Post, $"api/v1/batches?source=plain&name=lab-{name}.csv&organisation=H1", await TokenAsync("data_engineer"), body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var job = await EndOfJobAsync((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, "data_engineer");
        Assert.True(job.GetProperty("state").GetString() == "done", job.ToString());
    }

    /// <summary>Asks, has it approved and waits for its end; gives the export.</summary>
    internal async Task<JsonElement> ExportAsync(string role, object order, object? decision = null)
    {
        var asked = await JsonAsync(HttpMethod.Post, "api/v1/exports", role, order);
        var address = $"api/v1/exports/{asked.GetProperty("id").GetString()}";
        var approved = await JsonAsync(HttpMethod.Post, $"{address}/approve", "security_administrator", decision ?? new { });
        var job = await EndOfJobAsync(approved.GetProperty("job").GetString()!, role);
        Assert.True(job.GetProperty("state").GetString() == "done", job.ToString());
        return await JsonAsync(HttpMethod.Get, address, role);
    }

    /// <summary>Fetches all files of an export, the manifest and its signature into a folder.</summary>
    internal async Task FetchAsync(string role, JsonElement export, string folder)
    {
        var names = export.GetProperty("manifest").GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name").GetString()!);
        foreach (var name in names.Append("manifest.json").Append("manifest.json.sig"))
        {
            using var answer = await CallAsync(HttpMethod.Get, $"api/v1/exports/{export.GetProperty("id").GetString()}/files/{name}", await TokenAsync(role));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        }
    }
}
