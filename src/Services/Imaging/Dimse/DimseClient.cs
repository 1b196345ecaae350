using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;
using Yunnao.Kernel;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Asks other application entities for associations.</summary>
internal static class DimseClient
{
    /// <summary>An association with the contexts that the peer took. Problems: <c>imaging.peer-unreachable</c>, <c>imaging.peer-refused</c>.</summary>
    /// <param name="authority">With it the connection is TLS, trusted when this authority issued the peer's certificate.</param>
    /// <param name="roles">For C-GET and storage commitment: which classes we serve in.</param>
    public static async Task<Result<Association>> ConnectAsync(
        DimsePeer peer, string callingAe, IReadOnlyList<PresentationContext> contexts, DimseLimits limits, X509Certificate2? authority, CancellationToken cancellation, params IEnumerable<RoleSelection> roles)
    {
        var client = new TcpClient { NoDelay = true };
        Stream? stream = null;
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            late.CancelAfter(limits.Artim);
            await client.ConnectAsync(peer.Host, peer.Port, late.Token).ConfigureAwait(false);
            stream = authority is null ? client.GetStream() : await SecuredAsync(client.GetStream(), peer.Host, authority, late.Token).ConfigureAwait(false);
            var request = new AssociatePdu
            {
                CalledAe = peer.AeTitle,
                CallingAe = callingAe,
                Contexts = contexts,
                MaxLength = limits.MaxPdu,
                ImplementationClass = DicomWriter.ImplementationClassUid,
                ImplementationVersion = DicomWriter.ImplementationVersionName,
                Window = (limits.Window, 1),
                Roles = [.. roles],
            };
            await stream.WriteAsync(request.Write(isRequest: true), late.Token).ConfigureAwait(false);
            var reader = new PduReader(stream, limits.MaxPdu, limits.ReceivePatience, cancellation);
            var (type, body, _) = await reader.ReadAsync(limits.Artim).ConfigureAwait(false);
            if (type == PduType.AssociateAccept && AssociatePdu.Read(body.Span, isRequest: false) is { } answer)
                return new Association(stream, reader, limits, answer, Agreed(contexts, answer), cancellation) { Window = answer.Window?.Invoked is { } window ? window == 0 ? limits.Window : Math.Min(window, limits.Window) : 1 };
            var reason = type == PduType.AssociateReject ? Pdu.ReadReject(body.Span).ToString() : "it broke off";
            reader.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            return new Problem(ProblemKind.Forbidden, "imaging.peer-refused", $"{peer.AeTitle} at {peer.Host}:{peer.Port} did not agree to an association: {reason}.");
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            client.Dispose();
            return new Problem(ProblemKind.Unavailable, "imaging.peer-unreachable", $"{peer.AeTitle} at {peer.Host}:{peer.Port} cannot be reached.");
        }
    }

    private static IEnumerable<AgreedContext> Agreed(IReadOnlyList<PresentationContext> proposed, AssociatePdu answer) =>
        from a in answer.Contexts
        where a.Result == 0 && a.TransferSyntaxes.Count > 0
        join p in proposed on a.Id equals p.Id
        select new AgreedContext(a.Id, p.AbstractSyntax, a.TransferSyntaxes[0]);

    private static async Task<Stream> SecuredAsync(NetworkStream plain, string host, X509Certificate2 authority, CancellationToken cancellation)
    {
        var secured = new SslStream(plain);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = policy }, cancellation).ConfigureAwait(false);
        return secured;
    }
}
