using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Yunnao.Formats.Dicom.Deidentification;

/// <summary>
/// Other UIDs in place of those that lead to a person: the same for the same UID and key, of the form of PS3.5 B.2. The first 12 bytes of the
/// SHA-256 of the UID and 4 zero bytes are encrypted as one block of AES-256. So whoever has the key can tell the code of the UID from what
/// became of it, and find it in an index; nobody else can tell anything.
/// </summary>
public static class UidPseudonym
{
    private const string Root = "2.25.";
    private const int Block = 16;
    private const int Digest = 12;

    /// <summary>The UID that another one becomes. Registered UIDs stay.</summary>
    /// <param name="key">The recipient's key, at least 16 bytes.</param>
    public static string Of(string uid, ReadOnlySpan<byte> key)
    {
        if (uid.Length == 0 || DicomUid.Find(uid) is not null) return uid;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(uid), hash);
        hash[Digest..Block].Clear();
        using var aes = Cipher(key);
        Span<byte> output = stackalloc byte[Block];
        aes.EncryptEcb(hash[..Block], output, PaddingMode.None);
        return Root + new BigInteger(output, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The code of a UID: the first 8 bytes of its SHA-256, by which an index finds it.</summary>
    public static long CodeOf(string uid)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[Math.Min(uid.Length, 64)];
        if (uid.Length <= 64 && Encoding.ASCII.TryGetBytes(uid, text, out var length)) SHA256.HashData(text[..length], hash);
        else SHA256.HashData(Encoding.UTF8.GetBytes(uid), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>The code of the UID that became this one under the key; false when none did.</summary>
    public static bool TryCode(string pseudonym, ReadOnlySpan<byte> key, out long code)
    {
        code = 0;
        if (!pseudonym.StartsWith(Root, StringComparison.Ordinal) || pseudonym.Length > 64
            || !BigInteger.TryParse(pseudonym.AsSpan(Root.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number.GetByteCount(isUnsigned: true) > Block) return false;
        Span<byte> bytes = stackalloc byte[Block];
        bytes.Clear();
        number.TryWriteBytes(bytes[(Block - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        using var aes = Cipher(key);
        Span<byte> clear = stackalloc byte[Block];
        aes.DecryptEcb(bytes, clear, PaddingMode.None);
        code = BinaryPrimitives.ReadInt64BigEndian(clear);
        return clear[Digest..].IndexOfAnyExcept((byte)0) < 0;
    }

    private static Aes Cipher(ReadOnlySpan<byte> key)
    {
        if (key.Length < Block) throw new ArgumentException("The key needs at least 16 bytes.", nameof(key));
        var aes = Aes.Create();
        aes.Key = HMACSHA256.HashData(key, "uid"u8);
        return aes;
    }
}
