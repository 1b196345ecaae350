using System.Security.Cryptography;
using Yunnao.Kernel;

namespace Yunnao.Trust.Keys;

/// <summary>A master key of 32 bytes in a file that only its owner may read. AES-256-GCM or SM4-GCM wraps by it; the first byte of the result says which.</summary>
public sealed class FileMasterKey : IMasterKey
{
    private readonly byte[] _key;
    private readonly Suite _suite;

    private FileMasterKey(byte[] key, Suite suite)
    {
        (_key, _suite) = (key, suite);
        Id = $"file-{Convert.ToHexStringLower(SHA256.HashData([.. "yunnao master key id"u8, .. key]).AsSpan(0, 8))}";
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>Reads the file, or creates it. Problems: <c>keys.master-missing</c>, <c>keys.master-damaged</c>.</summary>
    /// <param name="create">True when nothing was wrapped by the key yet: then a missing file is created, never otherwise.</param>
    public static Result<FileMasterKey> Open(string file, bool create, Suite suite)
    {
        if (!File.Exists(file))
        {
            if (!create) return new Problem(ProblemKind.Unavailable, "keys.master-missing", "Keys are there, but the file of the master key is not. Restore it.", new(file));
            KeyFile.Write(file, RandomNumberGenerator.GetBytes(Aead.KeyBytes));
        }

        var bytes = File.ReadAllBytes(file);
        return bytes.Length == Aead.KeyBytes
            ? new FileMasterKey(bytes, suite)
            : new Problem(ProblemKind.Unavailable, "keys.master-damaged", $"The file of a master key has {Aead.KeyBytes} bytes; this one has {bytes.Length}.", new(file));
    }

    /// <inheritdoc/>
    public byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context)
    {
        var wrapped = new byte[1 + Aead.NonceLength + key.Length + Aead.TagLength];
        wrapped[0] = (byte)_suite;
        var nonce = wrapped.AsSpan(1, Aead.NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aead = new Aead(_suite, _key);
        aead.Seal(nonce, key, wrapped.AsSpan(1 + Aead.NonceLength), context);
        return wrapped;
    }

    /// <inheritdoc/>
    public Result<byte[]> Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context)
    {
        const int Head = 1 + Aead.NonceLength;
        if (wrapped.Length < Head + Aead.TagLength || wrapped[0] > (byte)Suite.Sm) return Refused();
        using var aead = new Aead((Suite)wrapped[0], _key);
        var key = new byte[wrapped.Length - Head - Aead.TagLength];
        return aead.TryOpen(wrapped[1..Head], wrapped[Head..], key, context) ? key : Refused();
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static Problem Refused() => new(ProblemKind.Unavailable, "keys.unwrap", "A key cannot be unwrapped: it was wrapped by another master key, or it is damaged.");
}
