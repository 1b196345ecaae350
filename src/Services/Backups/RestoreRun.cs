using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>
/// Makes a data folder of a backup. Everything is written into a folder beside it, proved on the way, and renamed at the end: the data folder is
/// whole or not there. The event of the restore is in the audit of what was restored.
/// </summary>
/// <param name="who">Who does it, for the audit.</param>
/// <param name="postgreSql">Connection string of the control database where that is PostgreSQL; null otherwise.</param>
public sealed class RestoreRun(string who, string? postgreSql, TimeProvider time)
{
    private const string Mark = "restoring";

    /// <summary>
    /// Restores. Problems: <c>restore.not-empty</c>, <c>restore.busy</c>, <c>restore.control</c>, <c>restore.unwritable</c>, <c>backup.damaged</c>, <c>backup.other-key</c>, <c>keys.*</c>,
    /// <c>control.*</c>.
    /// </summary>
    /// <param name="backup">Folder of the backup, see <see cref="BackupPlace.Find"/>.</param>
    /// <param name="to">The new data folder: it does not exist, or is empty.</param>
    /// <param name="master">The master key; belongs to the run.</param>
    public async Task<Result<BackupHead>> RunAsync(string backup, string to, IMasterKey master, Action<string, double> report, CancellationToken cancellation)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        var staging = folder + ".restoring";
        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                return new Problem(ProblemKind.Conflict, "restore.not-empty", "The folder is not empty. Name one that is empty or does not exist; nothing is ever written over.", new(to));
            if (!Manifest.Open(backup, master).Try(out var manifest, out var problem)) return problem;
            using (manifest)
            {
                if (manifest.Head.Control == BackupHead.PostgreSql && postgreSql is null)
                    return new Problem(ProblemKind.Incorrect, "restore.control", "The control data of this backup are in PostgreSQL. Restore that database first, and name it in YUNNAO_POSTGRESQL.", new(backup));
                if (!Stage(staging).Try(out var held, out problem)) return problem;
                var whole = false;
                try
                {
                    // What is made new from here on (a key of the audit, perhaps) belongs to the new folder and not to the backup.
                    if (!TakeRing(manifest, staging, master).Try(out var keys, out problem)) return problem;
                    using (keys)
                    {
                        await Task.Run(() => problem = Fill(manifest, staging, keys, report, cancellation), cancellation).ConfigureAwait(false);
                        problem ??= await NoteAsync(manifest, staging, keys, cancellation).ConfigureAwait(false);
                        if (problem is not null) return problem;
                    }

                    whole = true;
                }
                finally
                {
                    await held.DisposeAsync().ConfigureAwait(false);
                    if (!whole) Directory.Delete(staging, recursive: true);
                }

                File.Delete(Path.Combine(staging, Mark));
                Durability.FlushFolder(staging);
                if (Directory.Exists(folder)) Directory.Delete(folder);
                Directory.Move(staging, folder);
                Durability.FlushFolder(Path.GetDirectoryName(folder)!);
                return manifest.Head;
            }
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or EndOfStreamException)
        {
            return Manifest.Damaged(Path.Combine(backup, BackupPlace.ManifestFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "restore.unwritable", $"The folder cannot be written, or the backup cannot be read ({e.GetType().Name}). Look for room, and name a folder in a volume, not the volume itself.", new(to));
        }
    }

    /// <summary>The folder that becomes the data folder, held; what a restore that was killed left there is removed.</summary>
    private static Result<FileStream> Stage(string staging)
    {
        var mark = Path.Combine(staging, Mark);
        if (Directory.Exists(staging))
        {
            if (!File.Exists(mark) && Directory.EnumerateFileSystemEntries(staging).Any())
                return new Problem(ProblemKind.Conflict, "restore.not-empty", "The folder beside the new data folder is needed, and there is something in it. Move it away.", new(staging));
            try
            {
                using (new FileStream(mark, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)) Directory.Delete(staging, recursive: true);
            }
            catch (IOException) when (File.Exists(mark))
            {
                return new Problem(ProblemKind.Busy, "restore.busy", "Another process restores into this folder.", new(staging));
            }
        }

        Make(staging);
        return new FileStream(mark, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    private static Result<KeyRing> TakeRing(Manifest manifest, string staging, IMasterKey master)
    {
        var ring = Path.Combine(Make(Path.Combine(staging, "keys")), "ring.json");
        File.Copy(Path.Combine(manifest.Backup, BackupPlace.RingFile), ring);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(ring, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return KeyRing.OpenCopy(ring, master);
    }

    private static Problem? Fill(Manifest manifest, string staging, KeyRing keys, Action<string, double> report, CancellationToken cancellation)
    {
        var place = BackupPlace.PlaceOf(manifest.Backup);
        var (pieces, clear) = (new PieceStore(BackupPlace.PiecesOf(place), manifest.Key), new byte[PieceStore.Length]);
        var (done, total) = (0L, Math.Max(1, manifest.Head.Bytes + manifest.Head.ObjectBytes));
        var (from, objects, temporary) = (BackupPlace.ObjectsOf(place), Path.Combine(staging, "objects"), Make(Path.Combine(staging, "objects", "tmp")));
        var folders = new HashSet<string>(StringComparer.Ordinal) { staging, objects, Path.Combine(staging, "keys") };
        FileStream? file = null;
        try
        {
            foreach (var line in manifest.Lines(cancellation))
            {
                report("restore", (double)done / total);
                done += line.Length;
                if (line.Piece is { } piece)
                {
                    if (pieces.Read(piece, line.Length, manifest.Keys, clear) is { } damaged) return damaged;
                    (file ?? throw new InvalidDataException("A piece of no file.")).Write(clear, 0, (int)line.Length);
                    continue;
                }

                Close(file);
                file = line.File is { } path ? Create(staging, path, folders) : null;
                if (line.Object is not { } id) continue;
                var key = keys.Current(KeyUse.Objects);
                if (ObjectCopy.Read(from, id, line.Length, manifest.Keys, bytes => ObjectCopy.Write(bytes, id, objects, temporary, key, cancellation)) is { } wrong) return wrong;
                folders.Add(Path.GetDirectoryName(ObjectCopy.FileOf(objects, id))!);
            }
        }
        finally
        {
            Close(file);
        }

        foreach (var folder in folders) Durability.FlushFolder(folder);
        return null;
    }

    /// <summary>A file of the new data folder. A path that leads out of it is refused, though nobody but who has the key can have written it.</summary>
    private static FileStream Create(string staging, string path, HashSet<string> folders)
    {
        var full = Path.GetFullPath(Path.Combine(staging, path));
        if (!full.StartsWith(staging + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new InvalidDataException("A path leads out of the data folder.");
        var folder = Path.GetDirectoryName(full)!;
        Make(folder);
        folders.Add(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(full, options);
    }

    private static void Close(FileStream? file)
    {
        if (file is null || file.SafeFileHandle.IsClosed) return;
        file.Flush(flushToDisk: true);
        file.Dispose();
    }

    /// <summary>The event, in the audit of what was restored; and no backup goes on that was being made when this one was.</summary>
    private async Task<Problem?> NoteAsync(Manifest manifest, string staging, KeyRing keys, CancellationToken cancellation)
    {
        var inDatabase = manifest.Head.Control == BackupHead.PostgreSql;
        if (!(await ControlDb.OpenAsync(new() { Folder = staging, PostgreSql = inDatabase ? postgreSql : null }, cancellation).ConfigureAwait(false)).Try(out var control, out var problem)) return problem;
        await using (control.ConfigureAwait(false))
        {
            if (!inDatabase) await EndBackupsAsync(control, cancellation).ConfigureAwait(false);
            var audit = new AuditLog(control, keys, keys.Suite, time);
            await using (audit.ConfigureAwait(false))
            {
                await audit.AppendAsync(
                    new(AuditKind.Restore, who) { What = manifest.Head.Id, Details = new Dictionary<string, string> { ["made"] = $"{manifest.Head.Ended:O}", ["files"] = $"{manifest.Head.Files}", ["objects"] = $"{manifest.Head.Objects}" } },
                    CancellationToken.None).ConfigureAwait(false);
            }
        }

        return null;
    }

    private static async Task EndBackupsAsync(ControlDb control, CancellationToken cancellation)
    {
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (await connection.NumberAsync("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'job'", cancellation).ConfigureAwait(false) == 0) return;
            await connection.ExecuteAsync("UPDATE job SET state = 'cancelled' WHERE kind = @kind AND state IN ('queued', 'running')", cancellation, ("kind", BackupJob.Kind)).ConfigureAwait(false);
        }
    }

    private static string Make(string folder) =>
        (OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)).FullName;
}
