using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Server;
using static Yunnao.Tests.EndToEnd.Fhir.FhirJson;

namespace Yunnao.Tests.EndToEnd.Fhir;

/// <summary>The server is killed (SIGKILL) while transactions come in: what was answered is there after the next start, and every transaction is whole or not there.</summary>
public sealed class Fhir_write_kill_tests : IDisposable
{
    private const int Rounds = 2, Clients = 4;

    private readonly string _data = Directory.CreateTempSubdirectory("yunnao-fhir-kill-").FullName;

    [Fact]
    public async Task No_answered_transaction_is_lost_and_none_is_there_in_part_when_the_server_is_killed()
    {
        var (standards, port) = (Repository.File("standards"), Ports.Free());
        string secret;
        var room = (await AccountsRoom.OpenAsync(new() { Folder = _data, Standards = standards }, RegistryLoader.Load(standards).Registry!, default)).Value;
        await using (room) secret = (await room.ApplicationsAsync(d => d.CreateAsync(new("writer", null, ["application"], ["W1"], []), "test", default))).Value.Secret!;
        var (answered, random) = (new ConcurrentBag<string>(), new Random(5));
        for (var round = 0; round < Rounds; round++)
        {
            var before = answered.Count;
            await using var server = await ServerProcess.StartAsync(standards, _data, port);
            using var http = await ClientAsync(port, secret);
            var senders = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendUntilBrokenAsync(http, answered))).ToArray();

            // The moment is any after the first answer.
            while (answered.Count == before && senders.Any(s => !s.IsCompleted)) await Task.Delay(20, TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(50, 600), TestContext.Current.CancellationToken);
            await server.KillAsync();
            await Task.WhenAll(senders);
        }

        await using var last = await ServerProcess.StartAsync(standards, _data, port);
        using var client = await ClientAsync(port, secret);
        Assert.NotEmpty(answered);
        foreach (var location in answered.DistinctBy(l => l))
        {
            using var read = await client.GetAsync($"fhir/{location}");
            Assert.True(read.IsSuccessStatusCode, location);
        }

        var (patients, encounters, conditions, observations) = (await CountAsync(client, "Patient"), await CountAsync(client, "Encounter"), await CountAsync(client, "Condition"), await CountAsync(client, "Observation"));
        Assert.Equal((patients, patients, 2 * patients), (encounters, conditions, observations));
        Assert.InRange(patients, answered.Count / 5, (answered.Count / 5) + (Rounds * Clients));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static async Task SendUntilBrokenAsync(HttpClient http, ConcurrentBag<string> answered)
    {
        try
        {
            while (true)
            {
                using var answer = await http.PostAsync("fhir", new StringContent(FhirBodies.Transaction(), new MediaTypeHeaderValue("application/fhir+json")));
                var bundle = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
                Assert.True(answer.IsSuccessStatusCode, bundle.ToString());
                foreach (var location in At(bundle, "entry.response.location")) answered.Add(string.Join('/', location.GetString()!.Split('/').Take(2)));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed.
        }
    }

    private static async Task<int> CountAsync(HttpClient client, string type) => (await client.GetFromJsonAsync<JsonElement>($"fhir/{type}?_summary=count")).GetProperty("total").GetInt32();

    private static async Task<HttpClient> ClientAsync(int port, string secret)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };
        using var answer = await http.PostAsync("connect/token", TestServer.Form(("grant_type", "client_credentials"), ("client_id", "writer"), ("client_secret", secret), ("scope", "yunnao")));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        http.DefaultRequestHeaders.Add("Yunnao-Purpose", "care");
        return http;
    }
}
