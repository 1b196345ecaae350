using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Trust.Keys;

namespace Yunnao.Server.Keys;

/// <summary>
/// Encrypts what the server itself has to keep: keys that sign tokens, keys of cookies. AES-256-GCM under the key of the use
/// <see cref="KeyUse.Server"/>. Layout: key id (4 bytes, big-endian), nonce (12), tag (16), ciphertext.
/// </summary>
public sealed class ServerSecrets(KeyRing ring) : IXmlEncryptor
{
    private const int Id = 4, Nonce = 12, Tag = 16;

    public byte[] Seal(ReadOnlySpan<byte> clear)
    {
        var key = ring.Current(KeyUse.Server, Suite.Aes);
        var sealedBytes = new byte[Id + Nonce + Tag + clear.Length];
        BinaryPrimitives.WriteInt32BigEndian(sealedBytes, key.Id);
        var nonce = sealedBytes.AsSpan(Id, Nonce);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Bytes, Tag);
        aes.Encrypt(nonce, clear, sealedBytes.AsSpan(Id + Nonce + Tag), sealedBytes.AsSpan(Id + Nonce, Tag), sealedBytes.AsSpan(0, Id));
        return sealedBytes;
    }

    /// <summary>The bytes that were sealed.</summary>
    /// <exception cref="CryptographicException">They were changed, or their key is gone.</exception>
    public byte[] Open(ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < Id + Nonce + Tag || !ring.Find(BinaryPrimitives.ReadInt32BigEndian(sealedBytes)).Try(out var key, out _))
            throw new CryptographicException("The key of a secret of the server is not in the ring.");
        var clear = new byte[sealedBytes.Length - Id - Nonce - Tag];
        using var aes = new AesGcm(key.Bytes, Tag);
        aes.Decrypt(sealedBytes.Slice(Id, Nonce), sealedBytes[(Id + Nonce + Tag)..], sealedBytes.Slice(Id + Nonce, Tag), clear, sealedBytes[..Id]);
        return clear;
    }

    /// <inheritdoc/>
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        ArgumentNullException.ThrowIfNull(plaintextElement);
        var bytes = System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        return new(new XElement("sealed", Convert.ToBase64String(Seal(bytes))), typeof(Decryptor));
    }

    /// <summary>What data protection makes by its name when it reads a key.</summary>
    public sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        /// <inheritdoc/>
        public XElement Decrypt(XElement encryptedElement)
        {
            ArgumentNullException.ThrowIfNull(encryptedElement);
            var bytes = services.GetRequiredService<ServerSecrets>().Open(Convert.FromBase64String(encryptedElement.Value));
            return XElement.Parse(System.Text.Encoding.UTF8.GetString(bytes));
        }
    }
}
