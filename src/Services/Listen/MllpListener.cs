using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Listen;

/// <summary>
/// Listens for HL7 v2 messages over MLLP. A message is acknowledged when it is on the disk, in the spool; from there it is loaded in batches.
/// See docs/layouts/message-spool.md for what holds after a crash.
/// </summary>
public sealed class MllpListener
{
    private readonly ListenOptions _options;
    private readonly IngestService _ingest;
    private readonly string _spoolFolder;
    private readonly TimeProvider _clock;

    /// <summary>Joins the parts; nothing is opened yet.</summary>
    /// <param name="folder">The data folder; the spool is in it.</param>
    public MllpListener(ListenOptions options, IngestService ingest, string folder, TimeProvider clock)
    {
        (_options, _ingest, _clock) = (options, ingest, clock);
        _spoolFolder = Path.Combine(folder, "spool", $"mllp-{options.Source}");
    }

    /// <summary>What was done so far.</summary>
    public ListenCounts Counts { get; } = new();

    /// <summary>Loads what an earlier run left in the spool.</summary>
    public async Task DrainAsync(Action<FileOutcome> report)
    {
        var spool = new MessageSpool(_spoolFolder, _options, _clock);
        await using (spool.ConfigureAwait(false))
        {
            using var loader = new SpoolLoader(spool, _ingest, _options.Source, Counts, report);
            await loader.DrainAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Listens until cancelled; then takes no more messages, answers those it has, loads them and ends. Problem: <c>listen.address</c>.
    /// </summary>
    /// <param name="listening">Told the end point once connections are taken.</param>
    /// <param name="report">Told of each batch.</param>
    public async Task<Problem?> RunAsync(Action<IPEndPoint> listening, Action<FileOutcome> report, CancellationToken cancellation)
    {
        using var listener = new TcpListener(_options.Address, _options.Port);
        try
        {
            listener.Start();
        }
        catch (SocketException)
        {
            return new(ProblemKind.Unavailable, "listen.address", "The address and port cannot be listened at: they are in use, not of this machine, or not allowed.");
        }

        var spool = new MessageSpool(_spoolFolder, _options, _clock);
        using var loader = new SpoolLoader(spool, _ingest, _options.Source, Counts, report);
        spool.FileClosed += loader.Wake;
        using var loading = new CancellationTokenSource();
        var load = Task.Run(() => loader.RunAsync(loading.Token), CancellationToken.None);
        listening((IPEndPoint)listener.LocalEndpoint);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var accept = AcceptAsync(listener, spool, until.Token);

        // Loading ends by itself only at a bug: then nothing more is taken.
        if (await Task.WhenAny(accept, load).ConfigureAwait(false) == load) await until.CancelAsync().ConfigureAwait(false);
        await accept.ConfigureAwait(false);
        await spool.DisposeAsync().ConfigureAwait(false);
        await loading.CancelAsync().ConfigureAwait(false);
        await load.ConfigureAwait(false);
        await loader.DrainAsync().ConfigureAwait(false);
        return null;
    }

    private async Task AcceptAsync(TcpListener listener, MessageSpool spool, CancellationToken cancellation)
    {
        var senders = new HashSet<Task>();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(cancellation).ConfigureAwait(false);

                // What ended in a bug is kept, and thrown when listening ends.
                senders.RemoveWhere(s => s.IsCompletedSuccessfully);
                if (Counts.AddConnection() > _options.MaxConnections)
                {
                    Counts.RemoveConnection();
                    client.Dispose();
                    continue;
                }

                senders.Add(Task.Run(() => ServeAsync(client, spool, cancellation), CancellationToken.None));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                // The sender was gone before it was accepted.
            }
        }

        listener.Stop();
        await Task.WhenAll(senders).ConfigureAwait(false);
    }

    private async Task ServeAsync(TcpClient client, MessageSpool spool, CancellationToken cancellation)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var stream = await SecuredAsync(client.GetStream(), cancellation).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                    await new MllpConnection(stream, spool, _options, Counts, _clock).RunAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // A connection that breaks, is too slow, or cannot be secured ends alone; what was not answered will be sent again.
        }
        finally
        {
            Counts.RemoveConnection();
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream plain, CancellationToken cancellation)
    {
        if (_options.Certificate is not { } certificate) return plain;
        var secured = new SslStream(plain);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(_options.MessageTimeout);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = _options.ClientAuthority is not null,
            RemoteCertificateValidationCallback = (_, shown, _, _) => _options.ClientAuthority is not { } authority || IsIssuedBy(shown, authority),
        };
        await secured.AuthenticateAsServerAsync(options, late.Token).ConfigureAwait(false);
        return secured;
    }

    private static bool IsIssuedBy(X509Certificate? shown, X509Certificate2 authority)
    {
        if (shown is not X509Certificate2 certificate) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
