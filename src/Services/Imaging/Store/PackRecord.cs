using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// The header before each file in a pack, 128 bytes, little endian: magic (8), kind (1), flags (1), zero (2), CRC-32 of the header with
/// flags and CRC as zero (4), length of the file (8), time received in ticks UTC (8), SHA-256 of the file or zeros (32), organisation (32) and
/// sender (32), both UTF-8 with zeros behind. The file follows, then zeros up to a multiple of 8.
/// </summary>
/// <param name="IsObject">The file is an object of the object store, named by the hash; nothing follows.</param>
/// <param name="IsErased">The file was erased; its bytes are gone.</param>
/// <param name="Length">Length of the file in bytes.</param>
/// <param name="Hash">SHA-256 of the file; empty for one that is encrypted, because each piece of it is authenticated and its hash need not be known before it is on the disk.</param>
/// <param name="ReceivedTicks">When it came, in ticks UTC.</param>
public sealed record PackRecord(bool IsObject, bool IsErased, long Length, byte[] Hash, long ReceivedTicks, string Organisation, string Sender)
{
    public const int HeaderLength = 128;
    private const ulong Magic = 0x31304B4341504E59; // "YNPACK01"
    private const int KindAt = 8;
    private const byte Clear = 1, Object = 2, Sealed = 3;
    private const int Names = 64;
    private const int NameLength = 32;

    /// <summary>The file that follows is encrypted.</summary>
    public bool IsSealed { get; init; }

    /// <summary>Bytes that follow the header, without the zeros.</summary>
    public long StoredLength => IsObject ? 0 : IsSealed ? SealingStream.LengthOf(Length) : Length;

    /// <summary>Bytes that the record takes in the pack.</summary>
    public long Size => SizeOf(StoredLength);

    /// <summary>Bytes that a record takes with so many behind its header.</summary>
    public static long SizeOf(long storedLength) => HeaderLength + (storedLength + 7 & ~7L);

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> header)
    {
        header[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        header[KindAt] = IsObject ? Object : IsSealed ? Sealed : Clear;
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], ReceivedTicks);
        Hash.CopyTo(header[32..]);
        WriteName(header.Slice(Names, NameLength), Organisation);
        WriteName(header.Slice(Names + NameLength, NameLength), Sender);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32.HashToUInt32(header[..HeaderLength]));
        header[9] = IsErased ? (byte)1 : (byte)0;
    }

    /// <summary>True when a header may begin here.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic;

    /// <summary>True when an encrypted file follows this header.</summary>
    public static bool Seals(ReadOnlySpan<byte> header) => header[KindAt] == Sealed;

    /// <summary>Reads a header; null when there is none, or half of one.</summary>
    public static PackRecord? Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderLength || BinaryPrimitives.ReadUInt64LittleEndian(header) != Magic) return null;
        Span<byte> plain = stackalloc byte[HeaderLength];
        header[..HeaderLength].CopyTo(plain);
        plain[9] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(plain[12..], 0);
        if (Crc32.HashToUInt32(plain) != BinaryPrimitives.ReadUInt32LittleEndian(header[12..])) return null;
        return new(
            header[KindAt] == Object, header[9] == 1, BinaryPrimitives.ReadInt64LittleEndian(header[16..]), header.Slice(32, 32) is var hash && hash.ContainsAnyExcept((byte)0) ? hash.ToArray() : [],
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]), Name(header.Slice(Names, NameLength)), Name(header.Slice(Names + NameLength, NameLength)))
        {
            IsSealed = Seals(header),
        };
    }

    private static void WriteName(Span<byte> field, string name) => Encoding.UTF8.TryGetBytes(name, field, out _);

    private static string Name(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field.TrimEnd((byte)0));
}
