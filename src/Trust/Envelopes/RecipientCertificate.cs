using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;
using Yunnao.Kernel;

namespace Yunnao.Trust.Envelopes;

/// <summary>
/// Whom an <see cref="Envelope"/> is closed for: an X.509 certificate with an RSA key (2,048 bits or more), a key of the curve P-256, P-384 or P-521,
/// or an SM2 key.
/// </summary>
public sealed class RecipientCertificate
{
    private const int LongestText = 20_000, FewestBits = 2048;

    private static readonly DerObjectIdentifier[] s_nist = [SecObjectIdentifiers.SecP256r1, SecObjectIdentifiers.SecP384r1, SecObjectIdentifiers.SecP521r1];

    private RecipientCertificate(Org.BouncyCastle.X509.X509Certificate certificate, EnvelopeKind kind) => (Certificate, Kind) = (certificate, kind);

    internal Org.BouncyCastle.X509.X509Certificate Certificate { get; }

    internal EnvelopeKind Kind { get; }

    /// <summary>Issuer and number of the certificate, by which the recipient finds the key.</summary>
    internal RecipientIdentifier Identifier => new(new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(Certificate.CertificateStructure));

    /// <summary>Whom it names.</summary>
    public string Subject => Certificate.SubjectDN.ToString();

    /// <summary>SHA-256 of the certificate, 64 hex digits: what two people compare.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Certificate.GetEncoded()));

    /// <summary>Reads a certificate. Problem: <c>export.certificate</c>.</summary>
    /// <param name="pem">Text that begins with BEGIN CERTIFICATE.</param>
    /// <param name="now">It holds at this time.</param>
    public static Result<RecipientCertificate> Read(string pem, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(pem);
        try
        {
            if (pem.Length > LongestText || !pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal) || new X509CertificateParser().ReadCertificate(System.Text.Encoding.ASCII.GetBytes(pem)) is not { } certificate) return NoCertificate;
            if (!certificate.IsValid(now.UtcDateTime)) return Wrong("The certificate does not hold any more, or not yet.");
            return certificate.GetPublicKey() switch
            {
                RsaKeyParameters rsa when rsa.Modulus.BitLength >= FewestBits => new RecipientCertificate(certificate, EnvelopeKind.Rsa),
                RsaKeyParameters => Wrong($"An RSA key needs {FewestBits} bits or more."),
                ECPublicKeyParameters { PublicKeyParamSet: { } curve } when curve.Equals(Sm2Key.Curve) => new RecipientCertificate(certificate, EnvelopeKind.Sm2),
                ECPublicKeyParameters { PublicKeyParamSet: { } curve } when s_nist.Contains(curve) => new RecipientCertificate(certificate, EnvelopeKind.EllipticCurve),
                ECPublicKeyParameters => Wrong("Of elliptic curves P-256, P-384, P-521 and SM2 are understood."),
                _ => Wrong("The certificate holds neither an RSA key nor one of an elliptic curve."),
            };
        }
        catch (Exception e) when (e is IOException or CertificateException or SecurityUtilityException or ArgumentException or InvalidOperationException or Asn1ParsingException)
        {
            return NoCertificate;
        }
    }

    private static Problem NoCertificate { get; } = Wrong("This is no X.509 certificate in PEM.");

    private static Problem Wrong(Sentence message) => new(ProblemKind.Incorrect, "export.certificate", message, new(Path: "certificate"));
}
