using System.Buffers;
using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>Copies objects between stores: decrypted, proved by their name, and encrypted under the key of the other store, in one pass.</summary>
internal static class ObjectCopy
{
    private const int BufferSize = 1 << 20;

    public static string FileOf(string folder, string id) => Path.Combine(folder, id[..2], id[2..]);

    /// <summary>True when an object of this name and length is in the folder.</summary>
    public static bool Has(string folder, string id, long length) => new FileInfo(FileOf(folder, id)) is { Exists: true } file && file.Length == SealingStream.LengthOf(length);

    /// <summary>Writes an object into a folder; whole or not there. False when the bytes are not those of the name.</summary>
    /// <param name="temporary">Folder of files on their way, on the same volume.</param>
    /// <exception cref="InvalidDataException">The clear bytes cannot be decrypted.</exception>
    public static bool Write(Stream clear, string id, string folder, string temporary, DataKey key, CancellationToken cancellation)
    {
        var unfinished = Path.Combine(temporary, Path.GetRandomFileName());
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                using (var sealing = new SealingStream(file, key, leaveOpen: true))
                {
                    if (Copy(clear, sealing, cancellation) != id) return false;
                }

                file.Flush(flushToDisk: true);
            }

            var final = FileOf(folder, id);
            Directory.CreateDirectory(Path.GetDirectoryName(final)!);
            File.Move(unfinished, final, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Proves an object of a folder. Problem: <c>backup.damaged</c>.</summary>
    /// <param name="use">Does something with the clear bytes and gives their SHA-256.</param>
    public static Problem? Read(string folder, string id, long length, KeyRing keys, Func<Stream, bool> use)
    {
        if (!ObjectId.IsValid(id) || !File.Exists(FileOf(folder, id))) return Manifest.Damaged(ObjectId.IsValid(id) ? FileOf(folder, id) : folder);
        var file = new FileStream(FileOf(folder, id), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        if (!OpeningStream.Open(file, keys).Try(out var clear, out _))
        {
            file.Dispose();
            return Manifest.Damaged(FileOf(folder, id));
        }

        using (clear)
        {
            try
            {
                return clear.Length == length && use(clear) ? null : Manifest.Damaged(FileOf(folder, id));
            }
            catch (InvalidDataException)
            {
                return Manifest.Damaged(FileOf(folder, id));
            }
        }
    }

    /// <summary>Copies to the end and gives the SHA-256 of what was copied, as a name.</summary>
    public static string Copy(Stream from, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var read = from.Read(buffer); read > 0; read = from.Read(buffer))
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                to.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
