using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>
/// Pieces of files, each encrypted and named by a keyed hash of its clear bytes: the same piece is kept once, whatever file it is of and however
/// many backups have it, and a name tells nobody what is in it.
/// </summary>
/// <param name="key">Encrypts and names; the key of the backup.</param>
internal sealed class PieceStore(string folder, DataKey key)
{
    /// <summary>Clear bytes of a piece; the last of a file is shorter.</summary>
    public const int Length = 4 << 20;

    private readonly byte[] _naming = Hashing.Keyed(key.Suite, key.Bytes, "yunnao backup piece names"u8);

    public string NameOf(ReadOnlySpan<byte> piece) => Convert.ToHexStringLower(Hashing.Keyed(key.Suite, _naming, piece));

    /// <summary>True when a piece of this name and length is there.</summary>
    public bool Has(string name, long length) => new FileInfo(FileOf(name)) is { Exists: true } file && file.Length == SealingStream.LengthOf(length);

    /// <summary>Keeps a piece; false when it was there.</summary>
    public bool Put(string name, ReadOnlySpan<byte> piece, BackupPlace place)
    {
        if (Has(name, piece.Length)) return false;
        using var encrypted = new MemoryStream(checked((int)SealingStream.LengthOf(piece.Length)));
        using (var sealing = new SealingStream(encrypted, key, leaveOpen: true)) sealing.Write(piece);
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(name))!);
        place.Write(encrypted.GetBuffer().AsSpan(0, (int)encrypted.Length), FileOf(name));
        return true;
    }

    /// <summary>Reads a piece and proves it. Problem: <c>backup.damaged</c>.</summary>
    /// <param name="clear">Takes the piece; <see cref="Length"/> bytes.</param>
    public Problem? Read(string name, long length, KeyRing keys, byte[] clear)
    {
        if (!ObjectId.IsValid(name) || length is < 0 or > Length || !File.Exists(FileOf(name))) return Manifest.Damaged(FileOf(name));
        var file = new FileStream(FileOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (!OpeningStream.Open(file, keys).Try(out var opened, out _))
        {
            file.Dispose();
            return Manifest.Damaged(FileOf(name));
        }

        using (opened)
        {
            try
            {
                if (opened.Length != length) return Manifest.Damaged(FileOf(name));
                opened.ReadExactly(clear, 0, (int)length);
            }
            catch (InvalidDataException)
            {
                return Manifest.Damaged(FileOf(name));
            }
        }

        return NameOf(clear.AsSpan(0, (int)length)) == name ? null : Manifest.Damaged(FileOf(name));
    }

    private string FileOf(string name) => Path.Combine(folder, name[..2], name[2..]);
}
