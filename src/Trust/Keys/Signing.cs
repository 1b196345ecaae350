using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Yunnao.Trust.Keys;

/// <summary>Signatures of both suites: ECDSA over P-256 with SHA-256 (FIPS 186-5), SM2 with SM3 (GB/T 32918.2).</summary>
public static class Signing
{
    private static readonly ECDomainParameters s_sm2 = Domain(CustomNamedCurves.GetByName("sm2p256v1"));

    /// <summary>A new private key: PKCS #8 for ECDSA, the 32 bytes of the number for SM2.</summary>
    public static byte[] NewKey(Suite suite)
    {
        if (suite == Suite.Aes)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return key.ExportPkcs8PrivateKey();
        }

        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(s_sm2, new SecureRandom()));
        return Fixed(((ECPrivateKeyParameters)generator.GenerateKeyPair().Private).D);
    }

    /// <summary>The public key: SubjectPublicKeyInfo for ECDSA, the uncompressed point (65 bytes) for SM2.</summary>
    public static byte[] PublicKey(Suite suite, ReadOnlySpan<byte> privateKey)
    {
        if (suite == Suite.Aes)
        {
            using var key = Ecdsa(privateKey);
            return key.ExportSubjectPublicKeyInfo();
        }

        return s_sm2.G.Multiply(new BigInteger(1, privateKey.ToArray())).Normalize().GetEncoded(false);
    }

    public static byte[] Sign(Suite suite, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data)
    {
        if (suite == Suite.Aes)
        {
            using var key = Ecdsa(privateKey);
            return key.SignData(data, HashAlgorithmName.SHA256);
        }

        var signer = new SM2Signer();
        signer.Init(true, new ParametersWithRandom(new ECPrivateKeyParameters(new BigInteger(1, privateKey.ToArray()), s_sm2), new SecureRandom()));
        signer.BlockUpdate(data);
        return signer.GenerateSignature();
    }

    public static bool Verify(Suite suite, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            if (suite == Suite.Aes)
            {
                using var key = ECDsa.Create();
                key.ImportSubjectPublicKeyInfo(publicKey, out _);
                return key.VerifyData(data, signature, HashAlgorithmName.SHA256);
            }

            var signer = new SM2Signer();
            signer.Init(false, new ECPublicKeyParameters(s_sm2.Curve.DecodePoint(publicKey.ToArray()), s_sm2));
            signer.BlockUpdate(data);
            return signer.VerifySignature(signature.ToArray());
        }
        catch (Exception e) when (e is CryptographicException or CryptoException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>As <see cref="Sign"/>, in the form of DER in which tools of others read signatures of files.</summary>
    public static byte[] SignDer(Suite suite, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data)
    {
        if (suite != Suite.Aes) return Sign(suite, privateKey, data);
        using var key = Ecdsa(privateKey);
        return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>A public key, as <see cref="PublicKey"/> gives it, in PEM.</summary>
    public static string PublicPem(Suite suite, byte[] publicKey) => PemEncoding.WriteString(
        "PUBLIC KEY", suite == Suite.Aes ? publicKey : new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey, GMObjectIdentifiers.sm2p256v1), publicKey).GetDerEncoded());

    /// <summary>Proves what <see cref="SignDer"/> signed, by a public key in PEM, which says of which suite it is; false also when it is none.</summary>
    public static bool VerifyDer(string publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            var bytes = Convert.FromBase64String(publicKey[PemEncoding.Find(publicKey).Base64Data]);
            var info = SubjectPublicKeyInfo.GetInstance(bytes);
            if (GMObjectIdentifiers.sm2p256v1.Equals(info.Algorithm.Parameters)) return Verify(Suite.Sm, info.PublicKey.GetBytes(), data, signature);
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(bytes, out _);
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static ECDsa Ecdsa(ReadOnlySpan<byte> privateKey)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return key;
    }

    private static ECDomainParameters Domain(X9ECParameters curve) => new(curve.Curve, curve.G, curve.N, curve.H);

    private static byte[] Fixed(BigInteger number)
    {
        var bytes = number.ToByteArrayUnsigned();
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
