using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yunnao.Kernel;
using Yunnao.Server;
using Yunnao.Server.Accounts;
using Yunnao.Standards.Loading;
using Yunnao.Tests.EndToEnd.Ingest;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The whole server on a port of this machine, over a folder of its own: two hospitals' results, one application a role.</summary>
public class TestServer : IAsyncLifetime
{
    /// <summary>Every role of the policies.</summary>
    public static readonly string[] Roles =
    [
        "data_engineer", "standards_manager", "system_administrator", "security_administrator", "audit_administrator", "application", "manager", "epidemiologist", "doctor",
        "radiologist", "researcher", "citizen",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-server-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _tokens = [];
    private Task<Problem?> _running = Task.FromResult<Problem?>(null);

    internal TestServer(string? postgreSql, Action<ServerOptions>? change = null)
    {
        Standards = Path.Combine(_folder, "standards");
        SmallRegistry.Write(Standards);
        SmallPolicies.Write(Standards);
        Options = new() { Folder = Path.Combine(_folder, "data"), Standards = Standards, Port = Ports.Free(), PostgreSql = postgreSql, SignInsPerMinute = 10_000, TokensPerMinute = 100_000 };
        change?.Invoke(Options);
    }

    /// <summary>The fixture of most tests.</summary>
    public TestServer()
        : this(null, null)
    {
    }

    internal ServerOptions Options { get; }

    internal string Standards { get; }

    internal ServerReady Ready { get; private set; } = null!;

    internal Uri Url => Ready.Url;

    internal Dictionary<string, string> Secrets { get; } = [];

    /// <summary>Client without redirects and cookies.</summary>
    internal HttpClient Http { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await LoadAsync();
        await WithAccountsAsync(async room =>
        {
            foreach (var role in Roles)
            {
                var made = await room.ApplicationsAsync(d => d.CreateAsync(new($"app-{role}", null, [role], ["H1"], []), "test", default));
                Secrets[role] = made.Value.Secret!;
            }
        });
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        Http?.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task StartAsync()
    {
        var ready = new TaskCompletionSource<ServerReady>();
        _running = Task.Run(() => YunnaoServer.RunAsync(Options, ready.SetResult, _stop.Token));
        await Task.WhenAny(ready.Task, _running);
        if (!ready.Task.IsCompleted) throw new InvalidOperationException($"{await _running}");
        Ready = await ready.Task;
        Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Url };
    }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    internal async Task WithAccountsAsync(Func<AccountsRoom, Task> work)
    {
        var room = (await AccountsRoom.OpenAsync(Options, RegistryLoader.Load(Standards).Registry!, default)).Value;
        await using (room) await work(room);
    }

    /// <summary>A token of the application of a role, asked for once.</summary>
    internal async Task<string> TokenAsync(string role)
    {
        if (_tokens.TryGetValue(role, out var known)) return known;
        return _tokens[role] = await TokenAsync($"app-{role}", Secrets[role]);
    }

    internal async Task<string> TokenAsync(string client, string secret)
    {
        using var answer = await Http.PostAsync("connect/token", Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", "yunnao")));
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json.GetProperty("access_token").GetString()!;
    }

    internal static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.ToDictionary(f => f.Name, f => f.Value));

    /// <summary>Calls an address with a token, or with none.</summary>
    internal Task<HttpResponseMessage> CallAsync(HttpMethod method, string address, string? token, HttpContent? content = null, string language = "en")
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(language));
        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal async Task<JsonElement> JsonAsync(HttpMethod method, string address, string role, object? body = null)
    {
        using var answer = await CallAsync(method, address, await TokenAsync(role), body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>What the server does every night.</summary>
    internal async Task OptimizeAsync()
    {
        var job = await JsonAsync(HttpMethod.Post, "api/v1/lake/optimize", "system_administrator");
        Assert.Equal("done", (await EndOfJobAsync(job.GetProperty("id").GetString()!, "system_administrator")).GetProperty("state").GetString());
    }

    /// <summary>Waits for the end of a job and gives it.</summary>
    internal async Task<JsonElement> EndOfJobAsync(string id, string role)
    {
        while (true)
        {
            var job = await JsonAsync(HttpMethod.Get, $"api/v1/jobs/{id}", role);
            if (job.GetProperty("state").GetString() is "done" or "failed" or "cancelled") return job;
            await Task.Delay(100);
        }
    }

    /// <summary>The stable code of a problem, also of one that is an OperationOutcome.</summary>
    internal static async Task<string> CodeAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        if (!text.StartsWith('{')) return text;
        var json = JsonElement.Parse(text);
        return (json.TryGetProperty("issue", out var issues) ? issues[0].GetProperty("details").GetProperty("coding")[0] : json).GetProperty("code").GetString()!;
    }

    /// <summary>A hundred results of hospital H1 and forty of H2, two of them refused.</summary>
    private async Task LoadAsync()
    {
        var platform = Platform.Open(Standards, Options.Folder).Value;
        using (platform)
        {
            foreach (var (organisation, rows) in new[] { ("H1", 100), ("H2", 40) })
            {
                var file = Path.Combine(_folder, $"lab-{organisation}.csv");
                await File.WriteAllTextAsync(file, LabFile(rows, refused: 1));
                await foreach (var outcome in platform.Ingest.IngestAsync(new([file], "plain", organisation), null, default)) Assert.Null(outcome.Problem);
            }
        }
    }

    /// <summary>A file of the plain mapping; its last rows are refused.</summary>
    internal static string LabFile(int rows, int refused = 0, string report = "R") =>
        "patient_id,report_no,item_no,item_code,result_value,report_time\n" + string.Concat(Enumerable.Range(1, rows).Select(
            i => $"P{i % 20},{report}{i},1,GLU,{(i > rows - refused ? "not-a-number" : (4 + i % 7).ToString())},2025-03-{1 + i % 28:00} 08:00:00\n"));
}
