using System.Security.Cryptography;
using Yunnao.Trust.Envelopes;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>Hashes the files of an export and, in the same pass, closes them for the recipient or seals them until they are fetched.</summary>
/// <param name="seal">Encrypts files where they wait; null where the folder is the recipient's own.</param>
/// <param name="recipient">For whom the files are closed: they are sealed by that; null for nobody in particular.</param>
internal sealed class ExportFiles(string folder, FileSeal? seal, RecipientCertificate? recipient)
{
    private const int Piece = 1 << 20;

    /// <summary>What the manifest says of a file, as the recipient fetches it. A file that is closed is replaced by one that ends in <c>.p7m</c>.</summary>
    public ExportManifest.Content Keep(string file, string dataSet) => recipient is null ? Sealed(file, dataSet) : Closed(file, recipient, dataSet);

    /// <summary>What the manifest says of a file that another is made of, and that nobody fetches.</summary>
    public ExportManifest.Content Look(string file, string dataSet)
    {
        using var bytes = File.OpenRead(file);
        return new(NameOf(file), dataSet, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private ExportManifest.Content Sealed(string file, string dataSet)
    {
        if (seal is null) return Look(file, dataSet);
        var (clear, name) = ((Bytes: 0L, Hash: ""), NameOf(file));
        Rewrite(file, file, output => clear = Copy(file, seal.Seal(output, ExportFolder.PlaceOf(folder, name))));
        return new(name, dataSet, clear.Bytes, clear.Hash);
    }

    private ExportManifest.Content Closed(string file, RecipientCertificate to, string dataSet)
    {
        var (clear, closed, hash) = ((Bytes: 0L, Hash: ""), file + Envelope.Ending, "");
        Rewrite(file, closed, output =>
        {
            using var sha = SHA256.Create();
            using (var hashing = new CryptoStream(output, sha, CryptoStreamMode.Write, leaveOpen: true)) clear = Copy(file, Envelope.Close(hashing, to));
            hash = Convert.ToHexStringLower(sha.Hash!);
        });
        return new(NameOf(closed), dataSet, new FileInfo(closed).Length, hash) { ClearBytes = clear.Bytes, ClearSha256 = clear.Hash };
    }

    /// <summary>The new file is whole or not there; the old one, in clear, is there until then.</summary>
    private static void Rewrite(string file, string into, Action<Stream> write)
    {
        var unfinished = file + ".sealed";
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            write(output);
            output.Flush(flushToDisk: true);
        }

        File.Move(unfinished, into, overwrite: true);
        if (into != file) File.Delete(file);
    }

    /// <summary>Copies into a stream and ends it; says how many bytes there were and their hash.</summary>
    private static (long Bytes, string Sha256) Copy(string file, Stream into)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        var (piece, all) = (new byte[Piece], 0L);
        using (into)
        {
            while (input.Read(piece) is > 0 and var some)
            {
                hash.AppendData(piece, 0, some);
                into.Write(piece, 0, some);
                all += some;
            }
        }

        return (all, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private string NameOf(string file) => Path.GetRelativePath(folder, file).Replace('\\', '/');
}
