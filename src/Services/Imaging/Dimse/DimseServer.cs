using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>
/// Takes DICOM associations: each runs on its own, so that one that is slow, hostile or broken harms no other. Every socket sends at once
/// (no Nagle delay): stock clients otherwise wait 40 ms for each acknowledgement.
/// </summary>
public sealed class DimseServer(DimseOptions options, ImageArchive archive, ILogger<DimseServer> log)
{
    private int _open;

    /// <summary>What was done so far.</summary>
    public DimseCounts Counts { get; } = new();

    /// <summary>Listens until cancelled; then ends the associations that are open. Problems: <c>imaging.address</c>, <c>imaging.open-door</c>.</summary>
    /// <param name="listening">Told the end point once connections are taken.</param>
    public async Task<Problem?> RunAsync(Action<IPEndPoint> listening, CancellationToken cancellation)
    {
        if (options.Allowed.Count == 0 && !IPAddress.IsLoopback(options.Address))
            return new(ProblemKind.Forbidden, "imaging.open-door", "Outside of this machine the archive is opened only to callers that are named: give a list of those who are allowed.");
        using var listener = new TcpListener(options.Address, options.Port);
        try
        {
            listener.Start(512);
        }
        catch (SocketException)
        {
            return new(ProblemKind.Unavailable, "imaging.address", "The address and port cannot be listened at: they are in use, not of this machine, or not allowed.");
        }

        listening((IPEndPoint)listener.LocalEndpoint);
        var callers = new HashSet<Task>();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(cancellation).ConfigureAwait(false);
                callers.RemoveWhere(c => c.IsCompletedSuccessfully);
                callers.Add(Task.Run(() => ServeAsync(client, cancellation), CancellationToken.None));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                // The caller was gone before it was accepted, or no more files may be open at the moment.
                await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None).ConfigureAwait(false);
            }
        }

        listener.Stop();
        await Task.WhenAll(callers).ConfigureAwait(false);
        return null;
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using (client)
            {
                client.NoDelay = true;
                client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                var address = ((IPEndPoint)client.Client.RemoteEndPoint!).Address;
                var stream = await SecuredAsync(client.GetStream(), cancellation).ConfigureAwait(false);
                await AssociateAsync(stream, address, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // A connection that breaks or cannot be secured ends alone.
            DimseLog.Broken(log, e.GetType().Name);
        }
        catch (Exception bug)
        {
            // A defect of ours ends one association, not the archive. The message of an exception may hold a value of a patient.
            DimseLog.Fault(log, bug.GetType().Name, bug.StackTrace);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task AssociateAsync(Stream stream, IPAddress address, CancellationToken cancellation)
    {
        var reader = new PduReader(stream, options.Limits.MaxPdu, options.Limits.ReceivePatience, cancellation);
        var (type, body, _) = await reader.ReadAsync(options.Limits.Artim).ConfigureAwait(false);
        var request = type == PduType.AssociateRequest ? AssociatePdu.Read(body.Span, isRequest: true) : null;
        if (request is null || Refuse(request, address) is not null)
        {
            var unit = request is null ? Pdu.Abort(byProvider: true, AbortReason.UnexpectedPdu) : Pdu.Reject(Refuse(request, address)!.Value);
            DimseLog.Refused(log, request is null ? "no A-ASSOCIATE-RQ" : Refuse(request, address)!.Value.ToString(), address);
            Counts.AddRefused();
            await stream.WriteAsync(unit, cancellation).ConfigureAwait(false);

            // ARTIM: the caller closes, or is closed. What it still sends is not read into anything.
            await reader.ReadAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
            reader.Dispose();
            return;
        }

        var (answers, agreed) = Negotiation.Answer(request);
        var window = Negotiation.Window(request, options.Limits.Window);
        var answer = new AssociatePdu
        {
            CalledAe = request.CalledAe,
            CallingAe = request.CallingAe,
            Contexts = answers,
            MaxLength = options.Limits.MaxPdu,
            ImplementationClass = DicomWriter.ImplementationClassUid,
            ImplementationVersion = DicomWriter.ImplementationVersionName,
            Window = window,
            Roles = Negotiation.Roles(request, agreed),
        };
        await stream.WriteAsync(answer.Write(isRequest: false), cancellation).ConfigureAwait(false);
        Counts.AddAccepted();
        var association = new Association(stream, reader, options.Limits, request, agreed, cancellation) { Window = window?.Invoked ?? 1 };
        await using (association.ConfigureAwait(false))
        {
            await new DimseSession(association, archive, options, Counts, log).RunAsync(cancellation).ConfigureAwait(false);
            DimseLog.Ended(log, request.CallingAe, association.End);
        }
    }

    private Rejection? Refuse(AssociatePdu request, IPAddress address)
    {
        if (Volatile.Read(ref _open) > options.MaxAssociations) return Rejection.LocalLimit;
        if (!request.IsVersionOne) return Rejection.ProtocolVersion;
        if (request.ApplicationContext != AssociatePdu.DicomContext) return Rejection.ApplicationContext;
        if (request.CalledAe != options.AeTitle) return Rejection.CalledAeTitle;
        return options.Allowed.Count == 0 || options.Allowed.Any(a => a.Matches(request.CallingAe, address)) ? null : Rejection.CallingAeTitle;
    }

    private async Task<Stream> SecuredAsync(NetworkStream plain, CancellationToken cancellation)
    {
        if (options.Certificate is not { } certificate) return plain;
        var secured = new SslStream(plain);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(options.Limits.Artim);
        var settings = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = options.ClientAuthority is not null,
            RemoteCertificateValidationCallback = (_, shown, _, _) => options.ClientAuthority is not { } authority || IsIssuedBy(shown, authority),
        };
        await secured.AuthenticateAsServerAsync(settings, late.Token).ConfigureAwait(false);
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
