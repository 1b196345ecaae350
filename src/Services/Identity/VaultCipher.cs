using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Identity;

/// <summary>
/// Encrypts values of the vault under the key of the use <see cref="KeyUse.Vault"/>: id of the key (4 bytes, big-endian), nonce (12), ciphertext, tag
/// (16). The row's key is authenticated with the value, so a value moved to another row does not decrypt. May be used from any thread.
/// </summary>
internal sealed class VaultCipher(KeyRing ring) : IDisposable
{
    private const int IdLength = 4;
    private const int HeadLength = IdLength + Aead.NonceLength;
    private const byte Separator = 0x1F;
    private readonly DataKey _lookup = ring.Lasting(KeyUse.VaultLookup);
    private readonly Dictionary<int, Aead> _open = [];
    private readonly Lock _lock = new();

    public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> rowKey)
    {
        var sealedValue = new byte[HeadLength + clear.Length + Aead.TagLength];
        var key = ring.Current(KeyUse.Vault);
        BinaryPrimitives.WriteInt32BigEndian(sealedValue, key.Id);
        var nonce = sealedValue.AsSpan(IdLength, Aead.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        lock (_lock) Of(key).Seal(nonce, clear, sealedValue.AsSpan(HeadLength), rowKey);
        return sealedValue;
    }

    /// <summary>The clear value.</summary>
    /// <exception cref="CryptographicException">Its key is not in the ring, or it is not what was sealed for this row.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> rowKey)
    {
        if (sealedValue.Length < HeadLength + Aead.TagLength || !ring.Find(KeyOf(sealedValue)).Try(out var key, out _))
            throw new CryptographicException("The key of a value of the vault is not in the ring.");
        var clear = new byte[sealedValue.Length - HeadLength - Aead.TagLength];
        lock (_lock)
        {
            if (Of(key).TryOpen(sealedValue[IdLength..HeadLength], sealedValue[HeadLength..], clear, rowKey)) return clear;
        }

        throw new CryptographicException("A value of the vault is not what was sealed for its row.");
    }

    /// <summary>Id of the key that sealed a value.</summary>
    public static int KeyOf(ReadOnlySpan<byte> sealedValue) => BinaryPrimitives.ReadInt32BigEndian(sealedValue);

    /// <summary>Keyed hash of the parts, 16 bytes: HMAC, truncated as RFC 2104 section 5 allows.</summary>
    public UInt128 Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> joined = first.Length + second.Length < 500 ? stackalloc byte[first.Length + second.Length + 1] : new byte[first.Length + second.Length + 1];
        first.CopyTo(joined);
        joined[first.Length] = Separator;
        second.CopyTo(joined[(first.Length + 1)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(Hashing.Keyed(_lookup.Suite, _lookup.Bytes, joined));
    }

    public UInt128 Hash(string first, string second) => Hash(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));

    public void Dispose()
    {
        foreach (var aead in _open.Values) aead.Dispose();
    }

    private Aead Of(DataKey key)
    {
        if (!_open.TryGetValue(key.Id, out var aead)) _open.Add(key.Id, aead = new(key.Suite, key.Bytes));
        return aead;
    }
}
