using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The server is killed (SIGKILL) while a delivery waits. After the next start it is sent under the same id.</summary>
public sealed class Subscription_kill_tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-told-").FullName;
    private readonly WebhookReceiver _receiver = new();

    public void Dispose()
    {
        _receiver.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_delivery_survives_a_kill_under_its_id_and_nothing_is_told_twice_under_another()
    {
        var (standards, data, port, config) = (Path.Combine(_folder, "standards"), Path.Combine(_folder, "data"), Ports.Free(), Path.Combine(_folder, "serve.json"));
        SmallRegistry.Write(standards);
        SmallPolicies.Write(standards);
        await File.WriteAllTextAsync(config, """{"data": {"webhooks": {"allowedHosts": ["127.0.0.1"], "allowHttp": true, "firstRetrySeconds": 1}}}""");
        var secrets = new Dictionary<string, string>();
        var room = (await AccountsRoom.OpenAsync(new() { Folder = data, Standards = standards }, RegistryLoader.Load(standards).Registry!, default)).Value;
        await using (room)
        {
            foreach (var role in new[] { "data_engineer", "application" })
                secrets[role] = (await room.ApplicationsAsync(d => d.CreateAsync(new(role, null, [role], ["H1"], []), "test", default))).Value.Secret!;
        }

        WebhookReceiver.Request told;
        string id;
        _receiver.Answer = 503;
        await using (var first = await ServerProcess.StartAsync(standards, data, port, more: ["--config", config]))
        {
            using var application = await ClientAsync(port, "application", secrets["application"]);
            using var made = await application.PostAsJsonAsync("api/v1/subscriptions", new { data_set = "lab.result", purpose = "care", url = $"{_receiver.Url}hook" });
            id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            using var engineer = await ClientAsync(port, "data_engineer", secrets["data_engineer"]);
            using var sent = await engineer.PostAsync("api/v1/batches?source=plain&name=lab.csv&organisation=H1", new StringContent(TestServer.LabFile(30)));
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
            told = await _receiver.NextAsync();
            await first.KillAsync();
        }

        while (_receiver.Waiting > 0) Assert.Equal(told.Headers["X-Yunnao-Delivery"], (await _receiver.NextAsync()).Headers["X-Yunnao-Delivery"]);
        _receiver.Answer = 200;
        await using var second = await ServerProcess.StartAsync(standards, data, port, more: ["--config", config]);
        var again = await _receiver.NextAsync();
        Assert.Equal((told.Headers["X-Yunnao-Delivery"], told.Body), (again.Headers["X-Yunnao-Delivery"], again.Body));
        using var client = await ClientAsync(port, "application", secrets["application"]);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>($"api/v1/subscriptions/{id}/deliveries")).GetArrayLength());
        Assert.Equal(0, _receiver.Waiting);
    }

    private static async Task<HttpClient> ClientAsync(int port, string id, string secret)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
        using var answer = await http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", "yunnao")));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        return http;
    }
}
