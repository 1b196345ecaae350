using System.Collections.Concurrent;
using System.Net;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>A receiver of webhooks on a port of this machine, which answers with one status.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly HttpListener _listener = new();
    private readonly BlockingCollection<Request> _taken = [];
    private volatile int _answer = 200;

    public WebhookReceiver()
    {
        Url = new($"http://127.0.0.1:{Ports.Free()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _ = Task.Run(TakeAsync);
    }

    /// <summary>What it was sent.</summary>
    public sealed record Request(string Path, Dictionary<string, string> Headers, string Body);

    public Uri Url { get; }

    /// <summary>The status of the next answers.</summary>
    public int Answer { get => _answer; set => _answer = value; }

    /// <summary>Requests that <see cref="NextAsync"/> has not given yet.</summary>
    public int Waiting => _taken.Count;

    public ConcurrentBag<string> Paths { get; } = [];

    public Task<Request> NextAsync() => Task.Run(() => _taken.TryTake(out var request, s_patience) ? request : throw new TimeoutException("Nobody called the receiver."));

    public void Dispose()
    {
        _listener.Close();
        _taken.Dispose();
    }

    private async Task TakeAsync()
    {
        while (true)
        {
            try
            {
                var http = await _listener.GetContextAsync();
                using var reader = new StreamReader(http.Request.InputStream);
                var request = new Request(http.Request.RawUrl!, http.Request.Headers.AllKeys.ToDictionary(k => k!, k => http.Request.Headers[k]!), await reader.ReadToEndAsync());
                Paths.Add(request.Path);
                http.Response.StatusCode = Answer;
                if (Answer == 307) http.Response.RedirectLocation = "/led-on";
                http.Response.Close();
                _taken.Add(request);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
