using System.Buffers;
using System.Security.Cryptography;

namespace Yunnao.Lake.Objects;

/// <summary>Ids of objects: SHA-256, 64 lower-case hex digits.</summary>
public static class ObjectId
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Copies to the end of a stream and names what was copied. The target is neither flushed nor closed.</summary>
    public static async Task<StoredObject> CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length) = (new byte[1 << 20], 0L);
        for (var read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false); read > 0; read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false))
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            length += read;
        }

        return new(Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }

    public static bool IsValid(string id) => id.Length == 64 && !id.AsSpan().ContainsAnyExcept(s_digits);
}
