using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;
using Yunnao.Tests.Engines.Trust;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The server is killed (SIGKILL) while jobs wait and run. What it had accepted is loaded after the next start, once.</summary>
public sealed class Job_kill_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-jobs-").FullName;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_are_taken_up_after_a_kill_and_nothing_is_loaded_twice(bool onPostgreSql)
    {
        var postgreSql = onPostgreSql ? PrivatePostgreSql.NewDatabase() : null;
        Assert.SkipWhen(onPostgreSql && postgreSql is null, PrivatePostgreSql.HowToGet);
        var variables = new Dictionary<string, string> { ["YUNNAO_POSTGRESQL"] = postgreSql ?? "" };
        var (standards, data, port) = (Path.Combine(_folder, "standards"), Path.Combine(_folder, "data"), Ports.Free());
        SmallRegistry.Write(standards);
        SmallPolicies.Write(standards);
        string secret;
        var room = (await AccountsRoom.OpenAsync(new() { Folder = data, Standards = standards, PostgreSql = postgreSql }, RegistryLoader.Load(standards).Registry!, default)).Value;
        await using (room) secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("loader", null, ["data_engineer"], [], []), "test", default))).Value.Secret!;

        const int Files = 6, Rows = 20_000;
        await using (var first = await ServerProcess.StartAsync(standards, data, port, variables))
        {
            using var http = await ClientAsync(port, secret);
            for (var i = 0; i < Files; i++)
            {
                using var sent = await http.PostAsync($"api/v1/batches?source=plain&name=lab-{i}.csv", new StringContent(TestServer.LabFile(Rows, refused: 2, report: $"F{i}-")));
                Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
            }

            await Task.Delay(300);
            await first.KillAsync();
        }

        await using var second = await ServerProcess.StartAsync(standards, data, port, variables);
        using var client = await ClientAsync(port, secret);
        JsonElement jobs;
        do
        {
            await Task.Delay(200);
            jobs = await client.GetFromJsonAsync<JsonElement>("api/v1/jobs");
        }
        while (jobs.EnumerateArray().Any(j => j.GetProperty("state").GetString() is "queued" or "running"));
        Assert.Equal(Files, jobs.GetArrayLength());
        Assert.All(jobs.EnumerateArray(), j => Assert.Equal("done", j.GetProperty("state").GetString()));
        var batches = await client.GetFromJsonAsync<JsonElement>("api/v1/batches");
        Assert.Equal(Files, batches.GetArrayLength());
        Assert.Equal(Files * Rows, batches.EnumerateArray().Sum(b => b.GetProperty("received").GetInt32()));
        using var counted = await client.PostAsJsonAsync("api/v1/query", new { purpose = "quality", sql = "SELECT count(*) AS n FROM lab.result" });
        Assert.Equal(Files * (Rows - 2), (await counted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rows")[0].GetProperty("n").GetInt32());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<HttpClient> ClientAsync(int port, string secret)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
        using var answer = await http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", "loader"), ("client_secret", secret), ("scope", "yunnao")));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        return http;
    }
}
