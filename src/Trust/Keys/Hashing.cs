using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Yunnao.Trust.Keys;

/// <summary>The hashes of both suites; each has 32 bytes.</summary>
public static class Hashing
{
    public const int Length = 32;

    public static void Hash(Suite suite, ReadOnlySpan<byte> data, Span<byte> hash)
    {
        if (suite == Suite.Aes)
        {
            SHA256.HashData(data, hash);
            return;
        }

        var digest = new SM3Digest();
        digest.BlockUpdate(data);
        digest.DoFinal(hash);
    }

    public static byte[] Hash(Suite suite, ReadOnlySpan<byte> data)
    {
        var hash = new byte[Length];
        Hash(suite, data, hash);
        return hash;
    }

    /// <summary>Keyed hash (RFC 2104).</summary>
    public static byte[] Keyed(Suite suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        if (suite == Suite.Aes) return HMACSHA256.HashData(key, data);
        var mac = new HMac(new SM3Digest());
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(data);
        var hash = new byte[Length];
        mac.DoFinal(hash);
        return hash;
    }
}
