using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Yunnao.Cli.Bench;

/// <summary>
/// A connection that asks and reads each answer to its end, one after the other. A bench that shares the processors with the server it measures asks with it: an
/// ordinary client takes as much of them as a small answer does.
/// </summary>
/// <param name="headers">Of each request, each line with its end.</param>
internal sealed class BareConnection(Uri server, string headers) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 << 10];

    /// <summary>The status, after all of the answer has come; its bytes, head and body as they came, for a moment.</summary>
    /// <param name="body">JSON to be posted; null for a GET.</param>
    /// <exception cref="InvalidDataException">The answer does not say where it ends, or ends before that.</exception>
    public async Task<(int Status, ReadOnlyMemory<byte> Answer)> AskAsync(string path, string? body, CancellationToken cancellation)
    {
        if (!_socket.Connected) await _socket.ConnectAsync(server.Host, server.Port, cancellation).ConfigureAwait(false);
        var content = body is null ? "\r\n" : $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        var length = Encoding.UTF8.GetBytes($"{(body is null ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{headers}{content}", _buffer);
        for (var sent = 0; sent < length;) sent += await _socket.SendAsync(_buffer.AsMemory(sent, length - sent), cancellation).ConfigureAwait(false);
        for (var came = 0; ;)
        {
            var more = await _socket.ReceiveAsync(_buffer.AsMemory(came), cancellation).ConfigureAwait(false);
            if (more == 0) throw new InvalidDataException("The answer was cut off.");
            came += more;
            var end = _buffer.AsSpan(0, came).IndexOf("\r\n\r\n"u8);
            if (end >= 0 && IsWhole(_buffer.AsSpan(0, end + 2), _buffer.AsSpan(end + 4, came - end - 4))) return (Status(_buffer), _buffer.AsMemory(0, came));
            if (came == _buffer.Length) Array.Resize(ref _buffer, 2 * came);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static int Status(ReadOnlySpan<byte> answer) => Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out int status, out _) ? status : throw new InvalidDataException("The answer is none of HTTP.");

    private static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) >= 0) return body.EndsWith("\r\n0\r\n\r\n"u8);
        return head.IndexOf("\r\nContent-Length: "u8) is >= 0 and var at && Utf8Parser.TryParse(head[(at + "\r\nContent-Length: ".Length)..], out int length, out _)
            ? length == body.Length
            : throw new InvalidDataException("The answer does not say how long it is.");
    }
}

/// <summary>Such connections to one server, of which each is used by one asker at a time; as many as ask at once.</summary>
internal sealed class BareConnections(Uri server, System.Net.Http.Headers.HttpRequestHeaders headers) : IDisposable
{
    private readonly string _headers = string.Concat(headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}\r\n"));
    private readonly System.Collections.Concurrent.ConcurrentBag<BareConnection> _idle = [];

    /// <summary>The status of an answer, after all of it has come.</summary>
    public Task<int> GetAsync(string path, CancellationToken cancellation) => AskAsync(path, null, static (status, _) => status, cancellation);

    /// <summary>What is read from an answer.</summary>
    /// <inheritdoc cref="BareConnection.AskAsync"/>
    /// <param name="read">Of the status and the answer, which are only there for that moment.</param>
    public async Task<T> AskAsync<T>(string path, string? body, Func<int, ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
    {
        var connection = _idle.TryTake(out var idle) ? idle : new BareConnection(server, _headers);
        try
        {
            var (status, answer) = await connection.AskAsync(path, body, cancellation).ConfigureAwait(false);
            return read(status, answer);
        }
        finally
        {
            _idle.Add(connection);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }
}
