using System.Security.Cryptography;
using System.Text;

namespace Yunnao.Services.Identity;

/// <summary>
/// Encrypts values of the vault with AES-256-GCM (NIST SP 800-38D): 12 bytes nonce, 16 bytes tag, then the ciphertext.
/// The row's key is authenticated with the value, so a value moved to another row does not decrypt.
/// </summary>
internal sealed class VaultCipher(VaultKeys keys) : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const byte Separator = 0x1F;
    private readonly AesGcm _aes = new(keys.Encryption, TagLength);

    public byte[] Seal(ReadOnlySpan<byte> clear, ReadOnlySpan<byte> rowKey)
    {
        var sealedValue = new byte[NonceLength + TagLength + clear.Length];
        var nonce = sealedValue.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        _aes.Encrypt(nonce, clear, sealedValue.AsSpan(NonceLength + TagLength), sealedValue.AsSpan(NonceLength, TagLength), rowKey);
        return sealedValue;
    }

    public byte[] Open(ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> rowKey)
    {
        var clear = new byte[sealedValue.Length - NonceLength - TagLength];
        _aes.Decrypt(sealedValue[..NonceLength], sealedValue[(NonceLength + TagLength)..], sealedValue.Slice(NonceLength, TagLength), clear, rowKey);
        return clear;
    }

    /// <summary>Keyed hash of the parts, 16 bytes: HMAC-SHA-256, truncated as RFC 2104 section 5 allows.</summary>
    public UInt128 Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> joined = first.Length + second.Length < 500 ? stackalloc byte[first.Length + second.Length + 1] : new byte[first.Length + second.Length + 1];
        first.CopyTo(joined);
        joined[first.Length] = Separator;
        second.CopyTo(joined[(first.Length + 1)..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keys.Hashing, joined, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    public UInt128 Hash(string first, string second) => Hash(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));

    public void Dispose() => _aes.Dispose();
}
