using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Yunnao.Trust.Keys;

/// <summary>
/// The head of encrypted content, 32 bytes: <c>YNS1</c>, suite (1), three zero bytes, id of the data key (4, big-endian), salt (20, random). The key
/// that encrypts is derived from the data key and the head, so each content has a key of its own and the nonce of a chunk is its number.
/// After the head come chunks of 64 KiB of text, each followed by its tag of 16 bytes; the last one is shorter than that, or empty.
/// </summary>
internal sealed class SealedHead
{
    public const int Length = 32;
    public const int ChunkLength = 65_536;
    public const int SealedChunkLength = ChunkLength + Aead.TagLength;
    private const int SuiteAt = 4;
    private const int KeyAt = 8;
    private const int SaltAt = 12;

    private SealedHead(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; }

    public Suite Suite => (Suite)Bytes[SuiteAt];

    public int KeyId => BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(KeyAt));

    private static ReadOnlySpan<byte> Magic => "YNS1"u8;

    public static SealedHead New(DataKey key)
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        bytes[SuiteAt] = (byte)key.Suite;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(KeyAt), key.Id);
        RandomNumberGenerator.Fill(bytes.AsSpan(SaltAt));
        return new(bytes);
    }

    /// <summary>Reads a head; null when these bytes are none.</summary>
    public static SealedHead? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Length && bytes.StartsWith(Magic) && bytes[SuiteAt] <= (byte)Suite.Sm && bytes[5..KeyAt].IndexOfAnyExcept((byte)0) < 0 ? new(bytes[..Length].ToArray()) : null;

    /// <param name="context">Where the content belongs; part of what the key is derived from, after the head.</param>
    public Aead Open(DataKey key, ReadOnlySpan<byte> context) => new(Suite, Hashing.Keyed(Suite, key.Bytes, [.. Bytes, .. context]));

    /// <summary>The nonce of a chunk: 3 zero bytes, 1 for the last chunk else 0, the number of the chunk (8, big-endian).</summary>
    public static void Nonce(long chunk, bool last, Span<byte> nonce)
    {
        nonce[..4].Clear();
        nonce[3] = last ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);
    }

    /// <summary>Length of the text in content of this length; -1 when no content has it.</summary>
    public static long ClearLength(long length)
    {
        if (length < Length + Aead.TagLength) return -1;
        var (whole, rest) = Math.DivRem(length - Length, SealedChunkLength);
        return rest < Aead.TagLength ? -1 : (whole * ChunkLength) + rest - Aead.TagLength;
    }
}
