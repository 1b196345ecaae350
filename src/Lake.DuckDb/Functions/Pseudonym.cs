using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL function <c>pseudonym(key VARCHAR, value VARCHAR) → VARCHAR</c>: the first 32 hex digits of SHA-256(key ‖ hex of SHA-256(key ‖ value)),
/// hashed twice with the key in front, as HMAC does, so that nobody can extend a hash. The same could be written with the engine's own
/// functions; as six of them over every column it was a third of a look-up, most of it in planning them.
/// </summary>
internal static unsafe class Pseudonym
{
    /// <summary>Hex digits of a pseudonym.</summary>
    public const int Length = 32;

    private const int HashHex = 2 * SHA256.HashSizeInBytes;
    private const int OnStack = 512;

    /// <summary>Makes the function known to the engine's instance, once.</summary>
    public static void Register(DuckDBConnection connection) => new ScalarFunction("pseudonym", [DuckDBType.Varchar, DuckDBType.Varchar], DuckDBType.Varchar).Register(connection, &Write);

    /// <summary>The digits, without the engine.</summary>
    public static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<byte> digits = stackalloc byte[HashHex];
        var text = ArrayPool<byte>.Shared.Rent(key.Length + Math.Max(value.Length, HashHex));
        Hash(key, value, text, digits);
        ArrayPool<byte>.Shared.Return(text, clearArray: true);
        return digits[..Length].ToArray();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Write(nint info, nint chunk, nint output)
    {
        var rows = (int)Native.ChunkSize(chunk);
        var (keys, values) = (new TextVector(chunk, 0), new TextVector(chunk, 1));
        var digits = stackalloc byte[HashHex];
        var stack = stackalloc byte[OnStack];
        byte[]? rented = null;
        for (var row = 0; row < rows; row++)
        {
            if (!keys.TryGet(row, out var key) || !values.TryGet(row, out var value))
            {
                Validity.SetNull(output, row);
                continue;
            }

            var most = key.Length + Math.Max(value.Length, HashHex);
            if (most > OnStack && (rented is null || rented.Length < most))
            {
                if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
                rented = ArrayPool<byte>.Shared.Rent(most);
            }

            Hash(key, value, most > OnStack ? rented : new Span<byte>(stack, OnStack), new(digits, HashHex));
            NativeMethods.Vectors.DuckDBVectorAssignStringElementLength(output, (ulong)row, digits, Length);
        }

        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
    }

    /// <param name="text">Room for the key and, behind it, the value or a hash in hex.</param>
    private static void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Span<byte> text, Span<byte> digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        key.CopyTo(text);
        value.CopyTo(text[key.Length..]);
        SHA256.HashData(text[..(key.Length + value.Length)], hash);
        Convert.TryToHexStringLower(hash, text[key.Length..], out _);
        SHA256.HashData(text[..(key.Length + HashHex)], hash);
        Convert.TryToHexStringLower(hash, digits, out _);
    }
}
