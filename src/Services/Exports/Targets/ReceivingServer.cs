using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Services.Web;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// The interface of another platform, called as an application of it (OAuth 2.0 client credentials, RFC 6749 section 4.4). Waits where it says to wait. What it
/// refuses is a <see cref="ReceivingException"/>; what the network does is what <see cref="HttpClient"/> throws.
/// </summary>
internal sealed class ReceivingServer : IDisposable
{
    private const int MostWaits = 600;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http;
    private readonly string _client, _secret;
    private string? _token;

    public ReceivingServer(Uri url, string client, string secret)
    {
        var root = url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        (_client, _secret) = (client, secret);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = root, Timeout = TimeSpan.FromMinutes(10) };
    }

    /// <summary>Fetches a token.</summary>
    public async Task SignInAsync(CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = _client, ["client_secret"] = _secret, ["scope"] = "yunnao",
        });
        using var answer = await InTimeAsync(() => _http.PostAsync(new Uri("connect/token", UriKind.Relative), form, cancellation), cancellation).ConfigureAwait(false);
        if (answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) throw new ReceivingException(TargetProblems.Login);
        answer.EnsureSuccessStatusCode();
        _token = (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false)).GetProperty("access_token").GetString();
    }

    public Task<T> GetAsync<T>(string address, CancellationToken cancellation) => AskAsync<T>(HttpMethod.Get, address, null, cancellation);

    public Task<T> PostAsync<T>(string address, ReadOnlyMemory<byte> body, CancellationToken cancellation) => AskAsync<T>(HttpMethod.Post, address, body, cancellation);

    public async Task DeleteAsync(string address, CancellationToken cancellation) => (await SendAsync(HttpMethod.Delete, address, null, cancellation).ConfigureAwait(false)).Dispose();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(HttpMethod method, string address, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, address, body, cancellation).ConfigureAwait(false);
        return (await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellation).ConfigureAwait(false))!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        var renewed = false;
        for (var waits = 0; ; waits++)
        {
            if (_token is null) await SignInAsync(cancellation).ConfigureAwait(false);
            var answer = await OnceAsync(method, address, body, cancellation).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer)
            {
                var code = await CodeAsync(answer, cancellation).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.Unauthorized && !renewed) (renewed, _token) = (true, null);
                else if (waits < MostWaits && (answer.StatusCode == HttpStatusCode.TooManyRequests || code == "batch.open")) await Task.Delay(WaitOf(answer), cancellation).ConfigureAwait(false);
                else throw new ReceivingException(ProblemOf(answer.StatusCode, code));
            }
        }
    }

    private Task<HttpResponseMessage> OnceAsync(HttpMethod method, string address, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative)) { Content = body is { } bytes ? new ReadOnlyMemoryContent(bytes) : null };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return InTimeAsync(
            async () =>
            {
                using (request) return await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            },
            cancellation);
    }

    /// <summary>An answer that does not come is a lost connection, not a wish to end.</summary>
    private static async Task<HttpResponseMessage> InTimeAsync(Func<Task<HttpResponseMessage>> call, CancellationToken cancellation)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ReceivingException(TargetProblems.Lost);
        }
    }

    private static TimeSpan WaitOf(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta is { } wait && wait > TimeSpan.Zero ? wait < s_longestWait ? wait : s_longestWait : TimeSpan.FromMilliseconds(500);

    private static async Task<string> CodeAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false);
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty("code", out var code) ? $"{code}" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static Problem ProblemOf(HttpStatusCode status, string code) => status switch
    {
        HttpStatusCode.Unauthorized => TargetProblems.Login,
        HttpStatusCode.Forbidden => new(ProblemKind.Forbidden, TargetProblems.Rights.Code, "The client lacks a right on the receiving platform: it loads, lists and takes back batches (the role data_engineer). Nothing was changed."),
        HttpStatusCode.InsufficientStorage => TargetProblems.Full,
        >= HttpStatusCode.InternalServerError => TargetProblems.Lost,
        _ => TargetProblems.Refused(code.Length > 0 ? code : $"HTTP {(int)status}"),
    };
}
