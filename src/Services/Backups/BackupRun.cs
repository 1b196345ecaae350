using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Upkeep;
using Yunnao.Lake.Objects;
using Yunnao.Services.Jobs;
using Yunnao.Services.Identity;
using Yunnao.Standards.Loading;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>
/// Makes a backup while the platform runs. Lake, vault and what waits in the spool are of one moment: loading waits while they are read, queries
/// go on. Control data, images and objects come after them, so that whatever the lake refers to is there. What the place has is not copied again.
/// </summary>
public sealed class BackupRun(BackupSource source, AuditLog audit, TimeProvider time)
{
    private const string Snapshots = "backup-";
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(30);

    private readonly byte[] _piece = new byte[PieceStore.Length];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private long _files, _bytes, _objects, _objectBytes, _copied;

    /// <summary>
    /// Makes one backup; an instance makes one. What stops it half way leaves no backup; the pieces that were copied serve the next one. Problems:
    /// <c>backup.place</c>, <c>backup.other-platform</c>, <c>backup.busy</c>, <c>backup.unwritable</c>, <c>backup.source</c>, <c>batch.open</c>.
    /// </summary>
    /// <param name="place">Folder of the backups.</param>
    /// <param name="who">Who asked for it, for the audit.</param>
    public async Task<Result<BackupHead>> RunAsync(string place, string who, Action<string, double> report, CancellationToken cancellation)
    {
        Result<BackupHead> made;
        try
        {
            made = await Task.Run(() => MakeAsync(place, report, cancellation), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await NoteAsync(who, place, "interrupted", null).ConfigureAwait(false);
            throw;
        }

        await NoteAsync(who, place, made.Problem?.Code ?? AuditEvent.Ok, made.Ok ? made.Value : null).ConfigureAwait(false);
        return made;
    }

    private Task NoteAsync(string who, string place, string outcome, BackupHead? head) => audit.AppendAsync(
        new(AuditKind.Backup, who)
        {
            What = head?.Id,
            Outcome = outcome,
            Details = new Dictionary<string, string> { ["place"] = place, ["files"] = $"{head?.Files}", ["objects"] = $"{head?.Objects}", ["copied"] = $"{head?.Copied}" },
        },
        CancellationToken.None);

    private async Task<Result<BackupHead>> MakeAsync(string folder, Action<string, double> report, CancellationToken cancellation)
    {
        try
        {
            if (IsInside(folder, source.Folder)) return new Problem(ProblemKind.Incorrect, "backup.place", "The place is inside the data folder: what takes the one takes the other. Name a folder on another disk.", new(folder));
            if (!BackupPlace.Take(folder, BackupPlace.PlatformOf(source.Keys)).Try(out var place, out var problem)) return problem;
            using (place)
            {
                var id = BackupPlace.NewId(time.GetUtcNow());
                var unfinished = place.Begin(id);
                try
                {
                    var made = await FillAsync(place, id, unfinished, report, cancellation).ConfigureAwait(false);
                    if (made.Ok) place.Finish(unfinished);
                    return made;
                }
                finally
                {
                    if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
                    foreach (var left in LeftSnapshots()) File.Delete(left);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "backup.unwritable", $"The place cannot be written, or a file of the data folder cannot be read ({e.GetType().Name}). Look for room on both disks, and at the rights of the folders.", new(folder));
        }
    }

    private async Task<Result<BackupHead>> FillAsync(BackupPlace place, string id, string unfinished, Action<string, double> report, CancellationToken cancellation)
    {
        var begun = time.GetUtcNow();
        var key = source.Keys.Current(KeyUse.Backup);
        var pieces = new PieceStore(place.Pieces, key);
        BackupHead head;
        var file = new FileStream(Path.Combine(unfinished, BackupPlace.ManifestFile), FileMode.CreateNew, FileAccess.Write);
        await using (file.ConfigureAwait(false))
        {
            var sealing = new SealingStream(file, key, leaveOpen: true);
            await using (sealing.ConfigureAwait(false))
            {
                var manifest = new StreamWriter(sealing, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
                await using (manifest.ConfigureAwait(false))
                {
                    using var earlier = new EarlierFiles(place.Folder, source.Keys, key);
                    var writer = new Writer(this, place, pieces, earlier, manifest, report, cancellation);
                    if (!(await HoldAsync(report, cancellation).ConfigureAwait(false)).Try(out var hold, out var problem)) return problem;
                    using (hold) CopyStill(writer, hold);
                    CopyOthers(writer);
                    if (await CopyObjectsAsync(place, key, manifest, report, cancellation).ConfigureAwait(false) is { } damaged) return damaged;
                    var ring = await File.ReadAllBytesAsync(Path.Combine(source.Folder, "keys", "ring.json"), cancellation).ConfigureAwait(false);
                    place.Write(ring, Path.Combine(unfinished, BackupPlace.RingFile));
                    head = new(
                        BackupHead.Newest, id, begun, time.GetUtcNow(), Program(), place.Platform, source.Keys.MasterId, Convert.ToHexStringLower(SHA256.HashData(ring)), source.Registry.Fingerprint,
                        source.Control.Dialect.IsPostgreSql ? BackupHead.PostgreSql : "sqlite", _files, _bytes, _objects, _objectBytes, _copied);
                    await manifest.WriteLineAsync(JsonSerializer.Serialize(new ManifestLine { Head = head }, BackupHead.Json).AsMemory(), cancellation).ConfigureAwait(false);
                }
            }

            file.Flush(flushToDisk: true);
        }

        place.Write(JsonSerializer.SerializeToUtf8Bytes(head, BackupHead.Json), Path.Combine(unfinished, BackupPlace.HeadFile));
        foreach (var touched in _folders) Durability.FlushFolder(touched);
        return head;
    }

    /// <summary>Waits until no batch is being loaded.</summary>
    private async Task<Result<LakeHold>> HoldAsync(Action<string, double> report, CancellationToken cancellation)
    {
        report("wait", 0);
        return await WriterTurn.WaitAsync(() => Task.FromResult(source.Lake.HoldStill(cancellation)), s_longestWait, time, cancellation).ConfigureAwait(false);
    }

    /// <summary>What has to be of one moment. The vault first, since it is the shorter one.</summary>
    private void CopyStill(Writer writer, LakeHold hold)
    {
        writer.Database("vault", Path.Combine(source.Folder, Vault.FileName), Vault.FileName);
        writer.Copy("lake", hold.Bytes, "lake.duckdb");
        foreach (var folder in (string[])["spool", "feeds"])
        {
            foreach (var file in FilesOf(folder)) writer.File(folder, file, PathOf(file));
        }
    }

    private void CopyOthers(Writer writer)
    {
        if (!source.Control.Dialect.IsPostgreSql) writer.Database("control", Path.Combine(source.Folder, "control.db"), "control.db");

        // Not the keys of tokens: after a restore no token that was given out before is good, whatever was revoked since.
        foreach (var file in FilesOf(Path.Combine("keys", "protection"))) writer.File("control", file, PathOf(file));
        writer.Copy("registry", new MemoryStream(RegistrySnapshot.Pack(source.Standards)), "registry.zip");

        // The index before the packs: what it lacks is read from them, and what they lack is not in it.
        var index = Path.Combine(source.Folder, "imaging", "index.db");
        if (File.Exists(index)) writer.Database("images", index, "imaging/index.db");
        foreach (var file in FilesOf("imaging"))
        {
            var path = PathOf(file);
            if (path != "imaging/owner" && !path.StartsWith("imaging/index.db", StringComparison.Ordinal)) writer.Lasting("images", file, path);
        }
    }

    private async Task<Problem?> CopyObjectsAsync(BackupPlace place, DataKey key, StreamWriter manifest, Action<string, double> report, CancellationToken cancellation)
    {
        await foreach (var stored in source.Objects.ListAsync(cancellation).ConfigureAwait(false))
        {
            // Names are hashes, so the first digits say how far it is.
            report("objects", Convert.ToInt32(stored.Id[..3], 16) / 4096.0);
            if (!ObjectCopy.Has(place.Objects, stored.Id, stored.Length))
            {
                var opened = source.Objects.Open(stored.Id);
                if (opened.Problem is { Code: "object.unknown" }) continue;
                if (!opened.Try(out var clear, out var problem)) return Damaged(stored.Id);
                using (clear)
                {
                    try
                    {
                        if (!ObjectCopy.Write(clear, stored.Id, place.Objects, place.Temporary, key, cancellation)) return Damaged(stored.Id);
                    }
                    catch (InvalidDataException)
                    {
                        return Damaged(stored.Id);
                    }
                }

                _copied += stored.Length;
                _folders.Add(Path.GetDirectoryName(ObjectCopy.FileOf(place.Objects, stored.Id))!);
                _folders.Add(place.Objects);
            }

            _objects++;
            _objectBytes += stored.Length;
            await manifest.WriteLineAsync(JsonSerializer.Serialize(new ManifestLine { Object = stored.Id, Length = stored.Length }, BackupHead.Json).AsMemory(), cancellation).ConfigureAwait(false);
        }

        return null;

        static Problem Damaged(string id) => new(ProblemKind.Unavailable, "backup.source", "An object of the data folder is not what was written, so nothing was backed up. Restore it from an earlier backup: yunnao backup restore.", new(id));
    }

    private List<string> FilesOf(string folder)
    {
        var full = Path.Combine(source.Folder, folder);
        return Directory.Exists(full) ? [.. Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
    }

    private string PathOf(string file) => Path.GetRelativePath(source.Folder, file).Replace('\\', '/');

    private IEnumerable<string> LeftSnapshots() =>
        Directory.Exists(Path.Combine(source.Folder, "tmp")) ? Directory.EnumerateFiles(Path.Combine(source.Folder, "tmp"), Snapshots + "*") : [];

    private static string Program() => typeof(BackupRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static bool IsInside(string folder, string of) =>
        (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(of)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Writes files into the place and the manifest.</summary>
    private sealed class Writer(BackupRun run, BackupPlace place, PieceStore pieces, EarlierFiles earlier, StreamWriter manifest, Action<string, double> report, CancellationToken cancellation)
    {
        /// <summary>A database as of one moment; the copy is beside it only while it is read.</summary>
        public void Database(string step, string database, string path)
        {
            report(step, 0);
            var copy = Path.Combine(Directory.CreateDirectory(Path.Combine(run.Folder, "tmp")).FullName, Snapshots + Path.GetRandomFileName());
            try
            {
                SqliteCopy.Make(database, copy);
                File(step, copy, path);
            }
            finally
            {
                System.IO.File.Delete(copy);
            }
        }

        /// <summary>A file that changes only with its time: as it was in the backup before, it is not read again.</summary>
        public void Lasting(string step, string file, string path)
        {
            var info = new FileInfo(file);
            var changed = info.LastWriteTimeUtc.Ticks;
            if (earlier.Find(path, info.Length, changed) is not { } known || !known.TrueForAll(p => pieces.Has(p.Piece!, p.Length)))
            {
                File(step, file, path, changed);
                return;
            }

            report(step, 1);
            Line(new() { File = path, Changed = changed });
            foreach (var piece in known) Line(piece);
            run._files++;
            run._bytes += info.Length;
        }

        /// <summary>A file of the data folder as far as it goes now; one that has gone meanwhile was loaded, and is in the lake.</summary>
        public void File(string step, string file, string path, long? changed = null)
        {
            FileStream bytes;
            try
            {
                bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
            }
            catch (FileNotFoundException)
            {
                return;
            }

            using (bytes) Copy(step, bytes, path, changed);
        }

        public void Copy(string step, Stream bytes, string path, long? changed = null)
        {
            var (length, done) = (bytes.Length, 0L);
            Line(new() { File = path, Changed = changed });
            while (done < length)
            {
                cancellation.ThrowIfCancellationRequested();
                report(step, (double)done / length);
                var wanted = (int)Math.Min(PieceStore.Length, length - done);
                var some = bytes.ReadAtLeast(run._piece.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
                if (some == 0) break;
                var piece = run._piece.AsSpan(0, some);
                var name = pieces.NameOf(piece);
                if (pieces.Put(name, piece, place)) run._copied += some;
                Line(new() { Piece = name, Length = some });
                done += some;
            }

            run._files++;
            run._bytes += done;
        }

        private void Line(ManifestLine line) => manifest.WriteLine(JsonSerializer.Serialize(line, BackupHead.Json));
    }

    private string Folder => source.Folder;
}
