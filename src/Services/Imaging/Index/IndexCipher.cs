using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Seals what the index says of persons, and makes the keyed hashes by which it is found again: whoever has the database and not the key reads
/// no name, no number and no header. A sealed value is a nonce (12 bytes, random), the ciphertext and its tag (16 bytes).
/// </summary>
internal sealed class IndexCipher : IDisposable
{
    private const int LookUpLength = 16;
    private const byte Separator = 0x1F;
    private readonly Suite _suite;
    private readonly byte[] _lookUp;

    // A cipher serves one thread at a time.
    private readonly ThreadLocal<Aead> _aead;

    /// <param name="key">Of the use <see cref="KeyUse.ImageIndex"/>; both keys are derived from it.</param>
    public IndexCipher(DataKey key)
    {
        (KeyId, _suite) = (key.Id, key.Suite);
        var sealing = Hashing.Keyed(key.Suite, key.Bytes, "seal"u8);
        _lookUp = Hashing.Keyed(key.Suite, key.Bytes, "look-up"u8);
        _aead = new(() => new Aead(_suite, sealing), trackAllValues: true);
    }

    /// <summary>Id of the key in the ring.</summary>
    public int KeyId { get; }

    public byte[] Seal(ReadOnlySpan<byte> clear)
    {
        var output = new byte[Aead.NonceLength + clear.Length + Aead.TagLength];
        RandomNumberGenerator.Fill(output.AsSpan(0, Aead.NonceLength));
        _aead.Value!.Seal(output.AsSpan(0, Aead.NonceLength), clear, output.AsSpan(Aead.NonceLength), default);
        return output;
    }

    /// <exception cref="InvalidDataException">The value was not sealed with this key, or is damaged.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedValue)
    {
        if (sealedValue.Length >= Aead.NonceLength + Aead.TagLength)
        {
            var clear = new byte[sealedValue.Length - Aead.NonceLength - Aead.TagLength];
            if (_aead.Value!.TryOpen(sealedValue[..Aead.NonceLength], sealedValue[Aead.NonceLength..], clear, default)) return clear;
        }

        throw new InvalidDataException("The index of images holds a value that its key does not open.");
    }

    /// <summary>What stands for an exact value of a kind: 22 characters.</summary>
    public string LookUp(char kind, string value) => Base64Url.EncodeToString(Hash(kind, value).AsSpan(0, LookUpLength));

    /// <summary>What stands for a word, or the beginning of one, of a kind.</summary>
    public long Token(char kind, string text) => BinaryPrimitives.ReadInt64LittleEndian(Hash(kind, text));

    public void Dispose()
    {
        foreach (var aead in _aead.Values) aead.Dispose();
        _aead.Dispose();
        CryptographicOperations.ZeroMemory(_lookUp);
    }

    private byte[] Hash(char kind, string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 2];
        (bytes[0], bytes[1]) = ((byte)kind, Separator);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(2));
        return Hashing.Keyed(_suite, _lookUp, bytes);
    }
}
