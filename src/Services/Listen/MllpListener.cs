using System.Net;
using Yunnao.Kernel;
using Yunnao.Services.Ingest;
using Yunnao.Services.Listen.Sockets;
using Yunnao.Trust.Keys;

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
    private readonly FileSeal _seal;
    private readonly TimeProvider _clock;

    /// <summary>Joins the parts; nothing is opened yet.</summary>
    /// <param name="folder">The data folder; the spool is in it.</param>
    /// <param name="keys">The keys of the folder.</param>
    public MllpListener(ListenOptions options, IngestService ingest, string folder, KeyRing keys, TimeProvider clock)
    {
        (_options, _ingest, _seal, _clock) = (options, ingest, new(keys), clock);
        _spoolFolder = Path.Combine(folder, "spool", $"mllp-{options.Source}");
    }

    /// <summary>What was done so far.</summary>
    public ListenCounts Counts { get; } = new();

    /// <summary>Loads what an earlier run left in the spool.</summary>
    public async Task DrainAsync(Action<FileOutcome> report)
    {
        var spool = new MessageSpool(_spoolFolder, _options, _seal, _clock);
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
        using var listener = SocketListener.At(_options.Address, _options.Port);
        if (listener is null) return new(ProblemKind.Unavailable, "listen.address", "The address and port cannot be listened at: they are in use, not of this machine, or not allowed.");
        var spool = new MessageSpool(_spoolFolder, _options, _seal, _clock);
        using var loader = new SpoolLoader(spool, _ingest, _options.Source, Counts, report);
        spool.FileClosed += loader.Wake;
        using var loading = new CancellationTokenSource();
        var load = Task.Run(() => loader.RunAsync(loading.Token), CancellationToken.None);
        listening(listener.EndPoint);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var security = new ConnectionSecurity(_options.Certificate, _options.ClientAuthority, _options.MessageTimeout);
        var accept = listener.RunAsync(security, _options.MaxConnections, (stream, _, token) => ServeAsync(stream, spool, token), null, until.Token);

        // Loading ends by itself only at a bug: then nothing more is taken.
        if (await Task.WhenAny(accept, load).ConfigureAwait(false) == load) await until.CancelAsync().ConfigureAwait(false);
        await accept.ConfigureAwait(false);
        await spool.DisposeAsync().ConfigureAwait(false);
        await loading.CancelAsync().ConfigureAwait(false);
        await load.ConfigureAwait(false);
        await loader.DrainAsync().ConfigureAwait(false);
        return null;
    }

    private async Task ServeAsync(Stream stream, MessageSpool spool, CancellationToken cancellation)
    {
        Counts.AddConnection();
        try
        {
            // A connection that breaks ends alone; what was not answered will be sent again.
            await new MllpConnection(stream, spool, _options, Counts, _clock).RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            Counts.RemoveConnection();
        }
    }
}
