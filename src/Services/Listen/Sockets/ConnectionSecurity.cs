using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Yunnao.Services.Listen.Sockets;

/// <summary>How connections are secured: by TLS 1.2 or 1.3 with our certificate, or not at all.</summary>
/// <param name="Certificate">Ours; null for no TLS.</param>
/// <param name="ClientAuthority">Who has issued the certificates of those who may call; null asks callers for none.</param>
/// <param name="Patience">How long a caller may take for the handshake.</param>
internal sealed record ConnectionSecurity(X509Certificate2? Certificate, X509Certificate2? ClientAuthority, TimeSpan Patience)
{
    /// <summary>The stream to speak over.</summary>
    /// <exception cref="AuthenticationException">The caller's certificate is not wanted, or there is no agreement.</exception>
    public async Task<Stream> SecuredAsync(Stream plain, CancellationToken cancellation)
    {
        if (Certificate is null) return plain;
        var secured = new SslStream(plain);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Patience);
        var settings = new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = ClientAuthority is not null,
            RemoteCertificateValidationCallback = (_, shown, _, _) => ClientAuthority is null || IsIssuedBy(shown, ClientAuthority),
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
