using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;

namespace Yunnao.Trust.Envelopes;

/// <summary>The key of an envelope's content on its way to the recipient, one manner for each <see cref="EnvelopeKind"/>.</summary>
internal static class RecipientKeys
{
    /// <summary>Encryption to an SM2 key, in the arc of the Chinese office of commercial cryptography.</summary>
    private static readonly DerObjectIdentifier s_sm2Encryption = new("1.2.156.10197.1.301.3");

    /// <summary>dhSinglePass-stdDH-sha256kdf-scheme of RFC 5753.</summary>
    private static readonly DerObjectIdentifier s_agreement = new("1.3.132.1.11.1");

    private static readonly AlgorithmIdentifier s_wrap = new(NistObjectIdentifiers.IdAes256Wrap), s_sha256 = new(NistObjectIdentifiers.IdSha256, DerNull.Instance);

    /// <summary>Of the X9.63 key derivation: the first and only counter, and what ECC-CMS-SharedInfo says of a key of 256 bits.</summary>
    private static readonly byte[] s_derivation = [0, 0, 0, 1, .. new DerSequence(s_wrap, new DerTaggedObject(true, 2, new DerOctetString([0, 0, 1, 0]))).GetDerEncoded()];

    /// <summary>The key encrypted to a certificate.</summary>
    public static RecipientInfo Give(RecipientCertificate recipient, byte[] key)
    {
        using var native = recipient.Kind == EnvelopeKind.Sm2 ? null : X509CertificateLoader.LoadCertificate(recipient.Certificate.GetEncoded());
        switch (recipient.Kind)
        {
            case EnvelopeKind.Rsa:
                using (var rsa = native!.GetRSAPublicKey()!)
                {
                    var mask = new AlgorithmIdentifier(PkcsObjectIdentifiers.IdMgf1, s_sha256);
                    return Transport(recipient, new(PkcsObjectIdentifiers.IdRsaesOaep, new RsaesOaepParameters(s_sha256, mask, RsaesOaepParameters.DefaultPSourceAlgorithm)), rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256));
                }

            case EnvelopeKind.Sm2:
                return Transport(recipient, new(s_sm2Encryption), Sm2Key.Encrypt((ECPublicKeyParameters)recipient.Certificate.GetPublicKey(), key));
            default:
                using (var theirs = native!.GetECDiffieHellmanPublicKey()!) return Agreement(recipient, theirs, key);
        }
    }

    /// <summary>The key, or null when this private key takes it from none of the recipients.</summary>
    public static byte[]? Take(Asn1Set recipients, string privateKey)
    {
        foreach (var recipient in recipients)
        {
            var info = RecipientInfo.GetInstance(recipient);
            try
            {
                if (info.Info is KeyTransRecipientInfo transport) return FromTransport(transport, privateKey);
                if (info.Info is KeyAgreeRecipientInfo agreement) return FromAgreement(agreement, privateKey);
            }
            catch (Exception e) when (e is CryptographicException or CryptoException or ArgumentException or IOException or PasswordException)
            {
                // It is for somebody else.
            }
        }

        return null;
    }

    private static RecipientInfo Transport(RecipientCertificate recipient, AlgorithmIdentifier algorithm, byte[] encrypted) =>
        new(new KeyTransRecipientInfo(recipient.Identifier, algorithm, new DerOctetString(encrypted)));

    private static byte[]? FromTransport(KeyTransRecipientInfo info, string privateKey)
    {
        var (algorithm, encrypted) = (info.KeyEncryptionAlgorithm.Algorithm, info.EncryptedKey.GetOctets());
        if (algorithm.Equals(s_sm2Encryption)) return Sm2PrivateKey(privateKey) is { } sm2 ? Sm2Key.Decrypt(sm2, encrypted) : null;
        if (!algorithm.Equals(PkcsObjectIdentifiers.IdRsaesOaep)) return null;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(privateKey);
        return rsa.Decrypt(encrypted, RSAEncryptionPadding.OaepSHA256);
    }

    private static RecipientInfo Agreement(RecipientCertificate recipient, ECDiffieHellman theirs, byte[] key)
    {
        using var ours = ECDiffieHellman.Create(theirs.ExportParameters(false).Curve);
        var point = ours.ExportParameters(false).Q;
        var originator = new OriginatorIdentifierOrKey(new OriginatorPublicKey(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey), new DerBitString([4, .. point.X!, .. point.Y!])));
        var wrapper = new AesWrapEngine();
        wrapper.Init(true, new KeyParameter(ours.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, null, s_derivation)));
        var wrapped = new RecipientEncryptedKey(new KeyAgreeRecipientIdentifier(new Org.BouncyCastle.Asn1.Cms.IssuerAndSerialNumber(recipient.Certificate.CertificateStructure)), new DerOctetString(wrapper.Wrap(key, 0, key.Length)));
        return new(new KeyAgreeRecipientInfo(originator, null, new AlgorithmIdentifier(s_agreement, s_wrap), new DerSequence(wrapped)));
    }

    private static byte[]? FromAgreement(KeyAgreeRecipientInfo info, string privateKey)
    {
        if (!info.KeyEncryptionAlgorithm.Algorithm.Equals(s_agreement) || info.Originator.OriginatorKey is not { } originator) return null;
        using var ours = ECDiffieHellman.Create();
        ours.ImportFromPem(privateKey);
        var point = originator.PublicKey.GetBytes();
        var half = (point.Length - 1) / 2;
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ours.ExportParameters(false).Curve, Q = new() { X = point[1..(1 + half)], Y = point[(1 + half)..] } });
        var wrapped = RecipientEncryptedKey.GetInstance(info.RecipientEncryptedKeys[0]).EncryptedKey.GetOctets();
        var wrapper = new AesWrapEngine();
        wrapper.Init(false, new KeyParameter(ours.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, null, s_derivation)));
        return wrapper.Unwrap(wrapped, 0, wrapped.Length);
    }

    /// <summary>The key of a PEM file, before which the name of its curve may stand.</summary>
    private static ECPrivateKeyParameters? Sm2PrivateKey(string pem)
    {
        var at = Math.Max(pem.IndexOf("-----BEGIN EC PRIVATE KEY", StringComparison.Ordinal), pem.IndexOf("-----BEGIN PRIVATE KEY", StringComparison.Ordinal));
        using var text = new StringReader(at < 0 ? pem : pem[at..]);
        using var reader = new PemReader(text);
        return reader.ReadObject() switch
        {
            AsymmetricCipherKeyPair { Private: ECPrivateKeyParameters pair } => pair,
            ECPrivateKeyParameters key => key,
            _ => null,
        };
    }
}
