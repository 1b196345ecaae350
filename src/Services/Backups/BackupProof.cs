using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>Proves a backup: every piece and every object is there, decrypts, and is what its name says.</summary>
public static class BackupProof
{
    /// <summary>What is wrong, one by one (<c>backup.damaged</c>); nothing when all is as it was written.</summary>
    /// <param name="backup">Folder of the backup, see <see cref="BackupPlace.Find"/>.</param>
    /// <param name="master">The master key; belongs to the proof.</param>
    /// <param name="report">Step and part of it that is done.</param>
    public static Result<BackupHead> Open(string backup, IMasterKey master, List<Problem> wrong, Action<string, double> report, CancellationToken cancellation)
    {
        try
        {
            if (!Manifest.Open(backup, master).Try(out var manifest, out var problem)) return problem;
            using (manifest)
            {
                Prove(manifest, wrong, report, cancellation);
                return manifest.Head;
            }
        }
        catch (Exception e) when (e is InvalidDataException or System.Text.Json.JsonException or EndOfStreamException)
        {
            return Manifest.Damaged(Path.Combine(backup, BackupPlace.ManifestFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "backup.unreadable", $"The backup cannot be read ({e.GetType().Name}).", new(backup));
        }
    }

    private static void Prove(Manifest manifest, List<Problem> wrong, Action<string, double> report, CancellationToken cancellation)
    {
        var place = BackupPlace.PlaceOf(manifest.Backup);
        var (pieces, clear) = (new PieceStore(BackupPlace.PiecesOf(place), manifest.Key), new byte[PieceStore.Length]);
        var (objects, done, total) = (BackupPlace.ObjectsOf(place), 0L, Math.Max(1, manifest.Head.Bytes + manifest.Head.ObjectBytes));
        foreach (var line in manifest.Lines(cancellation))
        {
            report("verify", (double)done / total);
            done += line.Length;
            var problem = line switch
            {
                { Piece: { } piece } => pieces.Read(piece, line.Length, manifest.Keys, clear),
                { Object: { } id } => ObjectCopy.Read(objects, id, line.Length, manifest.Keys, bytes => ObjectCopy.Copy(bytes, Stream.Null, cancellation) == id),
                _ => null,
            };
            if (problem is not null) wrong.Add(problem);
        }
    }
}
