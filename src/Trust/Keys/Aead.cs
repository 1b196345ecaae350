using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Yunnao.Trust.Keys;

/// <summary>
/// Authenticated encryption in Galois/Counter mode (NIST SP 800-38D) by AES-256 or SM4. Not for several threads at once.
/// </summary>
public sealed class Aead : IDisposable
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceLength = 12;

    /// <summary>Bytes of a tag.</summary>
    public const int TagLength = 16;

    private readonly AesGcm? _aes;
    private readonly KeyParameter? _sm4;

    /// <param name="key">32 bytes for AES; for SM4 its first 16 are used, by derivation: see <see cref="KeyBytes"/>.</param>
    public Aead(Suite suite, ReadOnlySpan<byte> key)
    {
        if (suite == Suite.Aes) _aes = new AesGcm(key, TagLength);
        else _sm4 = new KeyParameter(key[..16]);
    }

    /// <summary>Bytes of a data key, the same for both suites.</summary>
    public const int KeyBytes = 32;

    /// <summary>Encrypts; <paramref name="output"/> takes the text and then the tag.</summary>
    /// <param name="nonce">Never twice with one key.</param>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> clear, Span<byte> output, ReadOnlySpan<byte> associated)
    {
        if (_aes is not null) _aes.Encrypt(nonce, clear, output[..clear.Length], output.Slice(clear.Length, TagLength), associated);
        else Sm4(forEncryption: true, nonce, clear, output[..(clear.Length + TagLength)], associated);
    }

    /// <summary>Decrypts what <see cref="Seal"/> wrote; false when a bit of it, of the nonce or of the associated data is another one.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedText, Span<byte> clear, ReadOnlySpan<byte> associated)
    {
        if (sealedText.Length < TagLength) return false;
        try
        {
            if (_aes is not null) _aes.Decrypt(nonce, sealedText[..^TagLength], sealedText[^TagLength..], clear[..(sealedText.Length - TagLength)], associated);
            else Sm4(forEncryption: false, nonce, sealedText, clear, associated);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or InvalidCipherTextException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _aes?.Dispose();

    private void Sm4(bool forEncryption, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> output, ReadOnlySpan<byte> associated)
    {
        var cipher = new GcmBlockCipher(new SM4Engine());
        cipher.Init(forEncryption, new AeadParameters(_sm4, TagLength * 8, nonce.ToArray(), associated.ToArray()));
        var written = cipher.ProcessBytes(input, output);
        cipher.DoFinal(output[written..]);
    }
}
