using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>Subscribers are told of new records that match: to a real receiver, signed, at least once, and nowhere else than the operator allows.</summary>
public sealed class Subscription_tests(Subscription_tests.TellingServer server) : IClassFixture<Subscription_tests.TellingServer>, IDisposable
{
    private const string Subscriptions = "api/v1/subscriptions";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TestServer _server = server;
    private readonly WebhookReceiver _receiver = new();

    public void Dispose() => _receiver.Dispose();

    /// <summary>A server that tells receivers on this machine, and gives up soon.</summary>
    public sealed class TellingServer() : TestServer(null, o => o.Data.Webhooks = new() { AllowedHosts = ["127.0.0.0/8"], AllowHttp = true, FirstRetrySeconds = 1, MostAttempts = 2, AnswerSeconds = 5 })
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await WithAccountsAsync(async room =>
                Secrets["told"] = (await room.ApplicationsAsync(d => d.CreateAsync(new("app-told", null, ["application"], ["H1"], []), "test", default))).Value.Secret!);
        }
    }

    [Fact]
    public async Task New_matching_records_are_told_once_signed_and_fetched_under_the_rights_of_now()
    {
        var made = await SubscribeAsync("told", new { item_code = "GLU", result_value = new { ge = 9 } });
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
        Assert.False((await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}", "told")).TryGetProperty("secret", out var shown) && shown.ValueKind == JsonValueKind.String);

        await LoadAsync("told", 70, "T", "H1");
        await LoadAsync("others", 70, "U", "H2");
        var told = await _receiver.NextAsync();
        Assert.Equal(Signature(secret, told), told.Headers["X-Yunnao-Signature"]);
        var body = JsonElement.Parse(told.Body);
        Assert.Equal((told.Headers["X-Yunnao-Delivery"], id, "lab.result", 20), (body.GetProperty("delivery").GetString(), body.GetProperty("subscription").GetString(), body.GetProperty("data_set").GetString(), body.GetProperty("records").GetInt32()));
        Assert.DoesNotContain("GLU", told.Body + told.Path, StringComparison.Ordinal);

        // The link is good for the subscriber alone, and gives no row of the other hospital.
        var link = new Uri(body.GetProperty("rows").GetString()!).PathAndQuery[1..];
        var (rows, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await _server.JsonAsync(HttpMethod.Get, $"{link}?limit=8{cursor}", "told");
            rows.AddRange(page.GetProperty("rows").EnumerateArray());
            cursor = page.TryGetProperty("next", out var after) && after.GetString() is { } next ? $"&after={next}" : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(20, rows.Count);
        Assert.All(rows, r => Assert.Equal(("H1", true, false), (r.GetProperty("_org").GetString(), r.GetProperty("result_value").GetDouble() >= 9, r.GetProperty("_deleted").GetBoolean())));
        using var another = await _server.CallAsync(HttpMethod.Get, link, await _server.TokenAsync("doctor"));
        Assert.Equal((HttpStatusCode.NotFound, "subscription.unknown"), (another.StatusCode, await TestServer.CodeAsync(another)));

        // Nothing that matches is nothing told; the state says that the first was taken.
        await LoadAsync("nothing", 3, "N", "H1");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.Equal(0, _receiver.Waiting);
        var delivery = Assert.Single((await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}/deliveries", "told")).EnumerateArray());
        Assert.Equal(("delivered", 1), (delivery.GetProperty("state").GetString(), delivery.GetProperty("attempts").GetInt32()));

        // A subscriber whose rights are taken back is told nothing until it resumes, and then of all that came meanwhile.
        await _server.WithAccountsAsync(room => room.ApplicationsAsync(d => d.GrantAsync("app-told", new(["application"], ["H1", "H2"]), "test", default)));
        await LoadAsync("suspended", 70, "V", "H1");
        var token = await _server.TokenAsync("app-told", _server.Secrets["told"]);
        await UntilAsync(async () => (await AskAsync(HttpMethod.Get, $"{Subscriptions}/{id}", token)).GetProperty("state").GetString() == "suspended");
        Assert.Equal(0, _receiver.Waiting);
        Assert.Equal("active", (await AskAsync(HttpMethod.Post, $"{Subscriptions}/{id}/resume", token)).GetProperty("state").GetString());
        Assert.Equal(20, JsonElement.Parse((await _receiver.NextAsync()).Body).GetProperty("records").GetInt32());
        using var ended = await _server.CallAsync(HttpMethod.Delete, $"{Subscriptions}/{id}", token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    [Fact]
    public async Task A_receiver_that_fails_gets_the_same_delivery_again_and_a_dead_one_when_it_is_replayed()
    {
        var id = (await SubscribeAsync("application", null)).GetProperty("id").GetString()!;
        _receiver.Answer = 500;
        await LoadAsync("failing", 5, "F", "H1");
        var (first, second) = (await _receiver.NextAsync(), await _receiver.NextAsync());
        Assert.Equal(first.Headers["X-Yunnao-Delivery"], second.Headers["X-Yunnao-Delivery"]);
        JsonElement delivery = default;
        await UntilAsync(async () => (delivery = (await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}/deliveries", "application"))[0]).GetProperty("state").GetString() == "dead");
        Assert.Equal("status 500", delivery.GetProperty("failure").GetString());

        // A redirect is an answer like another: nobody is led on.
        _receiver.Answer = 307;
        await _server.JsonAsync(HttpMethod.Post, $"{Subscriptions}/{id}/deliveries/{delivery.GetProperty("id").GetString()}/replay", "application");
        await _receiver.NextAsync();
        await _receiver.NextAsync();
        await UntilAsync(async () => (await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}/deliveries", "application"))[0].GetProperty("state").GetString() == "dead");

        _receiver.Answer = 204;
        Assert.Equal(1, (await _server.JsonAsync(HttpMethod.Post, $"{Subscriptions}/{id}/replay", "application")).GetArrayLength());
        Assert.Equal(first.Headers["X-Yunnao-Delivery"], (await _receiver.NextAsync()).Headers["X-Yunnao-Delivery"]);
        await UntilAsync(async () => (await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}/deliveries", "application"))[0].GetProperty("state").GetString() == "delivered");
        Assert.DoesNotContain("/led-on", _receiver.Paths);
    }

    [Fact]
    public async Task A_paused_subscription_tells_nothing_until_it_is_resumed_and_says_what_waits_and_what_is_dead()
    {
        var id = (await SubscribeAsync("application", null)).GetProperty("id").GetString()!;
        var address = $"{Subscriptions}/{id}";
        var paused = await _server.JsonAsync(HttpMethod.Post, $"{address}/pause", "application");
        Assert.Equal(("suspended", "subscription.paused"), (paused.GetProperty("state").GetString(), paused.GetProperty("reason").GetString()));
        await LoadAsync("paused", 5, "R", "H1");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.Equal(0, _receiver.Waiting);
        Assert.Equal(0, (await _server.JsonAsync(HttpMethod.Get, $"{address}/deliveries", "application")).GetArrayLength());

        _receiver.Answer = 500;
        Assert.Equal("active", (await _server.JsonAsync(HttpMethod.Post, $"{address}/resume", "application")).GetProperty("state").GetString());
        Assert.Equal(5, JsonElement.Parse((await _receiver.NextAsync()).Body).GetProperty("records").GetInt32());
        await _receiver.NextAsync();
        JsonElement view = default;
        await UntilAsync(async () => (view = await _server.JsonAsync(HttpMethod.Get, address, "application")).GetProperty("dead").GetInt32() == 1);
        Assert.Equal(0, view.GetProperty("waiting").GetInt32());
        using var others = await _server.CallAsync(HttpMethod.Post, $"{address}/pause", await _server.TokenAsync("doctor"));
        Assert.Equal((HttpStatusCode.NotFound, "subscription.unknown"), (others.StatusCode, await TestServer.CodeAsync(others)));

        // What waits paused is not sent, and is counted.
        await _server.JsonAsync(HttpMethod.Post, $"{address}/pause", "application");
        await _server.JsonAsync(HttpMethod.Post, $"{address}/replay", "application");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        Assert.Equal(0, _receiver.Waiting);
        view = (await _server.JsonAsync(HttpMethod.Get, Subscriptions, "application")).EnumerateArray().Single(s => s.GetProperty("id").GetString() == id);
        Assert.Equal((1, 0), (view.GetProperty("waiting").GetInt32(), view.GetProperty("dead").GetInt32()));
        using var ended = await _server.CallAsync(HttpMethod.Delete, address, await _server.TokenAsync("application"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    [Fact]
    public async Task Nobody_makes_the_platform_call_what_the_operator_does_not_name()
    {
        (string Url, string Code)[] refused =
        [
            ("http://169.254.169.254/latest", "subscription.not-allowed"), ("http://[::1]:8420/", "subscription.not-allowed"), ("http://10.1.2.3/", "subscription.not-allowed"),
            ("http://2852039166/latest", "subscription.not-allowed"), ("file:///etc/passwd", "subscription.url"), ("http://user:word@127.0.0.1/", "subscription.url"), ("/api/v1/jobs", "subscription.url"),
        ];
        foreach (var (url, code) in refused)
        {
            using var answer = await PostToAsync(url, "zh-CN");
            Assert.Equal((url, code), (url, await TestServer.CodeAsync(answer)));
        }

        // A name is judged by the address it leads to, when that is connected to; this one leads nowhere.
        using var named = await PostToAsync($"http://localhost.localdomain.invalid:{_receiver.Url.Port}/", "en");
        Assert.Equal(HttpStatusCode.Created, named.StatusCode);
        var id = (await named.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await LoadAsync("unresolved", 5, "Z", "H1");
        await UntilAsync(async () => (await _server.JsonAsync(HttpMethod.Get, $"{Subscriptions}/{id}/deliveries", "application")).EnumerateArray().Any(d => d.TryGetProperty("failure", out var f) && f.ValueKind == JsonValueKind.String));
        Assert.Empty(_receiver.Paths);
    }

    private async Task<HttpResponseMessage> PostToAsync(string url, string language) =>
        await _server.CallAsync(HttpMethod.Post, Subscriptions, await _server.TokenAsync("application"), JsonContent.Create(new { data_set = "lab.result", purpose = "care", url }), language);

    private static string Signature(string secret, WebhookReceiver.Request told) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.UTF8.GetBytes($"{told.Headers["X-Yunnao-Timestamp"]}.{told.Body}")))}";

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var end = TimeProvider.System.GetUtcNow() + s_patience; !await holds();)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < end, "It did not come to that in time.");
            await Task.Delay(200);
        }
    }

    private async Task<JsonElement> AskAsync(HttpMethod method, string address, string token)
    {
        using var answer = await _server.CallAsync(method, address, token);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private async Task<JsonElement> SubscribeAsync(string role, object? where)
    {
        using var answer = await _server.CallAsync(HttpMethod.Post, Subscriptions, await _server.TokenAsync(role), JsonContent.Create(new { data_set = "lab.result", purpose = "care", url = $"{_receiver.Url}hook", where }));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonElement.Parse(text);
    }

    private async Task LoadAsync(string name, int rows, string report, string organisation)
    {
        using var job = await _server.CallAsync(HttpMethod.Post, $"api/v1/batches?source=plain&name=lab-{name}.csv&organisation={organisation}", await _server.TokenAsync("data_engineer"), new StringContent(TestServer.LabFile(rows, report: report)));
        var ended = await _server.EndOfJobAsync((await job.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!, "data_engineer");
        Assert.True(ended.GetProperty("state").GetString() == "done", ended.ToString());
    }
}
