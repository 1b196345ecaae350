using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Server.Local;
using Yunnao.Services.Web;

namespace Yunnao.Cli.Remote;

/// <summary>The way to the server that owns a data folder, by the socket in it. Whoever can open the socket is the local administrator.</summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly HttpClient _http;

    private ServerConnection(HttpClient http) => _http = http;

    /// <summary>The running server of a data folder, or null when none runs. It answers in the language of the terminal.</summary>
    public static ServerConnection? To(string folder, Terminal terminal)
    {
        var path = LocalSocket.PathOf(folder);
        if (!File.Exists(path)) return null;
        try
        {
            using var knock = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            knock.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // A server that was killed leaves its socket; a server of somebody else lets nobody in.
            return null;
        }

        var handler = new SocketsHttpHandler { ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        } };
        var http = new HttpClient(handler) { BaseAddress = new("http://yunnao/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(terminal.Text.Language);
        return new(http);
    }

    /// <summary>What an address answers, as JSON.</summary>
    public async Task<Result<T>> AskAsync<T>(HttpMethod method, string address, CancellationToken cancellation, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (!(await SendAsync(request, cancellation).ConfigureAwait(false)).Try(out var response, out var problem)) return problem;
        using (response) return (await response.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellation).ConfigureAwait(false))!;
    }

    /// <summary>The answer with its head read, or the problem that it is.</summary>
    public async Task<Result<HttpResponseMessage>> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            using (response) return await ProblemOf(response, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return Gone();
        }
    }

    public static Problem Gone() => new(ProblemKind.Unavailable, "server.gone", "The server stopped answering. Look at its log, and call the command again.");

    /// <summary>The problem that a JSON object of RFC 9457, or of a failed job, tells of.</summary>
    public static Problem ProblemOf(JsonElement json) => new(
        Enum.TryParse<ProblemKind>(json.GetProperty("kind").GetString(), ignoreCase: true, out var kind) ? kind : ProblemKind.Fault,
        json.GetProperty("code").GetString()!, json.GetProperty("detail").GetString()!,
        json.TryGetProperty("where", out var where) && where.ValueKind == JsonValueKind.Object ? where.Deserialize<Place>(ApiJson.Options) : null);

    public void Dispose() => _http.Dispose();

    private static async Task<Problem> ProblemOf(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != ProblemAnswer.ContentType) return new(ProblemKind.Fault, "server.fault", $"The server answered {(int)response.StatusCode}.");
        return ProblemOf(await response.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false));
    }
}
