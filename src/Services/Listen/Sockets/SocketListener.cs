using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Yunnao.Services.Listen.Sockets;

/// <summary>
/// Takes connections at an address, secures them where a certificate is given, and lets each run on its own, so that one that is slow, hostile
/// or broken harms no other. Every socket sends at once (no Nagle delay): stock clients otherwise wait 40 ms for each acknowledgement.
/// </summary>
internal sealed class SocketListener : IDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly TcpListener _listener;
    private int _open;

    private SocketListener(TcpListener listener) => _listener = listener;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Connections open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Listens; null where that cannot be: the address is in use, not of this machine, or not allowed.</summary>
    public static SocketListener? At(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        try
        {
            listener.Start(Backlog);
            return new(listener);
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    /// <summary>Takes connections until cancelled, then waits for those that are open. What <paramref name="serve"/> throws as a bug is thrown at the end.</summary>
    /// <param name="most">Connections at a time; more are closed at once.</param>
    /// <param name="serve">Serves one connection, from the address that called.</param>
    /// <param name="broken">Told of a connection that broke, was too slow or could not be secured; it ends alone.</param>
    public async Task RunAsync(ConnectionSecurity security, int most, Func<Stream, IPAddress, CancellationToken, Task> serve, Action<Exception>? broken, CancellationToken cancellation)
    {
        var connections = new HashSet<Task>();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(cancellation).ConfigureAwait(false);
                connections.RemoveWhere(c => c.IsCompletedSuccessfully);
                if (Interlocked.Increment(ref _open) <= most) connections.Add(Task.Run(() => ServeAsync(client, security, serve, broken, cancellation), CancellationToken.None));
                else
                {
                    Interlocked.Decrement(ref _open);
                    client.Dispose();
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                // The caller was gone before it was accepted, or no more files may be open at the moment.
                await Task.Delay(s_pause, CancellationToken.None).ConfigureAwait(false);
            }
        }

        _listener.Stop();
        await Task.WhenAll(connections).ConfigureAwait(false);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(TcpClient client, ConnectionSecurity security, Func<Stream, IPAddress, CancellationToken, Task> serve, Action<Exception>? broken, CancellationToken cancellation)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var address = ((IPEndPoint)client.Client.RemoteEndPoint!).Address;
                var stream = await security.SecuredAsync(client.GetStream(), cancellation).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false)) await serve(stream, address, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            broken?.Invoke(e);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
