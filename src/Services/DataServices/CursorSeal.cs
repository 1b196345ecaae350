using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.DataServices;

/// <summary>
/// Seals where a page or a list of changes ended. A cursor holds values of records, so it is encrypted; it is bound to the question and the
/// caller, so that it opens nothing else; and the same place gives the same cursor, so that the same page has the same ETag.
/// </summary>
public sealed class CursorSeal : IDisposable
{
    private const string Name = "data cursor";
    private const int BindingBytes = 16;
    private const int LongestCursor = 8192;

    private readonly byte[] _key;

    public CursorSeal(KeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        _key = ring.Derive(KeyUse.Server, Suite.Aes, Name);
    }

    /// <summary>What a cursor is bound to, as one hash.</summary>
    public static byte[] Binding(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset()[..BindingBytes];
    }

    /// <summary>The cursor of a place: letters, digits, minus and underscore.</summary>
    public string Seal(byte[] binding, IReadOnlyList<string?> place)
    {
        byte[] clear = [.. binding, .. JsonSerializer.SerializeToUtf8Bytes(place)];

        // A nonce made of the text is never used for another one (RFC 5297 has the idea).
        var nonce = HMACSHA256.HashData(_key, clear).AsSpan(0, Aead.NonceLength);
        var all = new byte[Aead.NonceLength + clear.Length + Aead.TagLength];
        nonce.CopyTo(all);
        using var aead = new Aead(Suite.Aes, _key);
        aead.Seal(nonce, clear, all.AsSpan(Aead.NonceLength), Encoding.UTF8.GetBytes(Name));
        return Base64Url.EncodeToString(all);
    }

    /// <summary>The place of a cursor. Problems: <c>data.cursor</c> (it is no cursor of this platform), <c>data.cursor-of-another</c>.</summary>
    /// <param name="parameter">What the caller named it by, for the problem.</param>
    public Result<IReadOnlyList<string?>> Open(byte[] binding, string cursor, string parameter)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        if (cursor.Length > LongestCursor || !Base64Url.IsValid(cursor, out var length) || length <= Aead.NonceLength + Aead.TagLength + BindingBytes) return Damaged(parameter);
        var all = Base64Url.DecodeFromChars(cursor);
        var clear = new byte[all.Length - Aead.NonceLength - Aead.TagLength];
        using var aead = new Aead(Suite.Aes, _key);
        if (!aead.TryOpen(all.AsSpan(0, Aead.NonceLength), all.AsSpan(Aead.NonceLength), clear, Encoding.UTF8.GetBytes(Name))) return Damaged(parameter);
        if (!clear.AsSpan(0, BindingBytes).SequenceEqual(binding))
        {
            return new Problem(ProblemKind.Incorrect, "data.cursor-of-another", "The cursor is of another question or of another caller; a cursor goes with the question that gave it, unchanged but for limit.", new(Path: parameter));
        }

        return JsonSerializer.Deserialize<string?[]>(clear.AsSpan(BindingBytes))!;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static Problem Damaged(string parameter) =>
        new(ProblemKind.Incorrect, "data.cursor", "This is no cursor of this platform, or a part of one: take it whole from next.", new(Path: parameter));
}
