using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Yunnao.Cli.Bench;

/// <summary>
/// A connection that asks by GET and reads each answer to its end, one after the other. A bench that shares the processors with the server it measures asks with it: an
/// ordinary client takes as much of them as a small answer does.
/// </summary>
/// <param name="headers">Of each request, each line with its end.</param>
internal sealed class BareConnection(Uri server, string headers) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 << 10];

    /// <summary>The status, after all of the answer has come.</summary>
    /// <exception cref="InvalidDataException">The answer has no Content-Length, or ends before that.</exception>
    public async Task<int> GetAsync(string path, CancellationToken cancellation)
    {
        if (!_socket.Connected) await _socket.ConnectAsync(server.Host, server.Port, cancellation).ConfigureAwait(false);
        var length = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{headers}\r\n", _buffer);
        for (var sent = 0; sent < length;) sent += await _socket.SendAsync(_buffer.AsMemory(sent, length - sent), cancellation).ConfigureAwait(false);
        for (var came = 0; ;)
        {
            var more = await _socket.ReceiveAsync(_buffer.AsMemory(came), cancellation).ConfigureAwait(false);
            if (more == 0) throw new InvalidDataException("The answer was cut off.");
            came += more;
            var end = _buffer.AsSpan(0, came).IndexOf("\r\n\r\n"u8);
            if (end >= 0 && came == end + 4 + BodyLength(_buffer.AsSpan(0, end + 2))) return Status(_buffer);
            if (came == _buffer.Length) Array.Resize(ref _buffer, 2 * came);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static int Status(ReadOnlySpan<byte> answer) => Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out int status, out _) ? status : throw new InvalidDataException("The answer is none of HTTP.");

    private static int BodyLength(ReadOnlySpan<byte> head) =>
        head.IndexOf("\r\nContent-Length: "u8) is >= 0 and var at && Utf8Parser.TryParse(head[(at + "\r\nContent-Length: ".Length)..], out int length, out _) ? length : throw new InvalidDataException("The answer does not say how long it is.");
}

/// <summary>Such connections to one server, of which each is used by one asker at a time; as many as ask at once.</summary>
internal sealed class BareConnections(Uri server, System.Net.Http.Headers.HttpRequestHeaders headers) : IDisposable
{
    private readonly string _headers = string.Concat(headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}\r\n"));
    private readonly System.Collections.Concurrent.ConcurrentBag<BareConnection> _idle = [];

    /// <inheritdoc cref="BareConnection.GetAsync"/>
    public async Task<int> GetAsync(string path, CancellationToken cancellation)
    {
        var connection = _idle.TryTake(out var idle) ? idle : new BareConnection(server, _headers);
        try
        {
            return await connection.GetAsync(path, cancellation).ConfigureAwait(false);
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
