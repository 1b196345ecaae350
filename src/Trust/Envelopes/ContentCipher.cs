using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.IO;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Paddings;
using Org.BouncyCastle.Crypto.Parameters;

namespace Yunnao.Trust.Envelopes;

/// <summary>The cipher of an envelope's content: AES-256 or SM4, in CBC with the padding of PKCS #7 (RFC 3565; SM4 likewise).</summary>
internal static class ContentCipher
{
    private const int Block = 16, AesKey = 32, Sm4Key = 16;

    /// <summary>SM4 in CBC, in the arc of the Chinese office of commercial cryptography.</summary>
    private static readonly DerObjectIdentifier s_sm4Cbc = new("1.2.156.10197.1.104.2");

    public static byte[] NewKey(EnvelopeKind kind) => RandomNumberGenerator.GetBytes(kind == EnvelopeKind.Sm2 ? Sm4Key : AesKey);

    /// <summary>The name of the cipher with a new initial vector.</summary>
    public static AlgorithmIdentifier New(EnvelopeKind kind) =>
        new(kind == EnvelopeKind.Sm2 ? s_sm4Cbc : NistObjectIdentifiers.IdAes256Cbc, new DerOctetString(RandomNumberGenerator.GetBytes(Block)));

    /// <summary>A stream that encrypts what is written to it; owns the output.</summary>
    public static Stream Encrypt(Stream output, AlgorithmIdentifier cipher, byte[] key)
    {
        if (cipher.Algorithm.Equals(s_sm4Cbc)) return new CipherStream(output, null, Sm4(true, cipher, key));
        using var aes = Aes.Create();
        return new CryptoStream(output, aes.CreateEncryptor(key, Vector(cipher)), CryptoStreamMode.Write);
    }

    /// <summary>A stream that decrypts what is read from it, or null when the cipher is none of ours; owns the input.</summary>
    public static Stream? Decrypt(Stream input, AlgorithmIdentifier cipher, byte[] key)
    {
        if (cipher.Algorithm.Equals(s_sm4Cbc)) return new CipherStream(input, Sm4(false, cipher, key), null);
        if (!cipher.Algorithm.Equals(NistObjectIdentifiers.IdAes256Cbc)) return null;
        using var aes = Aes.Create();
        return new CryptoStream(input, aes.CreateDecryptor(key, Vector(cipher)), CryptoStreamMode.Read);
    }

    private static byte[] Vector(AlgorithmIdentifier cipher) => Asn1OctetString.GetInstance(cipher.Parameters).GetOctets();

    private static PaddedBufferedBlockCipher Sm4(bool encrypt, AlgorithmIdentifier cipher, byte[] key)
    {
        var sm4 = new PaddedBufferedBlockCipher(new CbcBlockCipher(new SM4Engine()), new Pkcs7Padding());
        sm4.Init(encrypt, new ParametersWithIV(new KeyParameter(key), Vector(cipher)));
        return sm4;
    }
}
