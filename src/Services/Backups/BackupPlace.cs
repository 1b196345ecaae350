using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>
/// A folder that holds the backups of one platform: <c>pieces/</c> and <c>objects/</c>, which backups share, and a folder for each backup. One process
/// writes at a time. The layout is in docs/layouts/backup.md.
/// </summary>
public sealed class BackupPlace : IDisposable
{
    internal const string HeadFile = "head.json", RingFile = "ring.json", ManifestFile = "manifest";
    private const string MarkFile = "place.json", Unfinished = ".part", Backups = "backups";

    private readonly FileStream _held;

    private BackupPlace(string folder, string platform, FileStream held) => (Folder, Platform, _held) = (folder, platform, held);

    public string Folder { get; }

    internal string Platform { get; }

    /// <summary>Files on their way; emptied when the place is taken.</summary>
    internal string Temporary => Path.Combine(Folder, "tmp");

    internal string Pieces => PiecesOf(Folder);

    internal string Objects => ObjectsOf(Folder);

    /// <summary>
    /// Takes the place for writing and makes it where there is none. Problems: <c>backup.place</c> (the folder has other things in it),
    /// <c>backup.other-platform</c>, <c>backup.busy</c>.
    /// </summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    internal static Result<BackupPlace> Take(string folder, string platform)
    {
        Directory.CreateDirectory(folder);
        var mark = Path.Combine(folder, MarkFile);
        if (!File.Exists(mark) && Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) != "lock"))
            return new Problem(ProblemKind.Conflict, "backup.place", "The folder holds other things than backups. Name an empty one, or one that does not exist yet.", new(folder));
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, "lock")))
        {
            return new Problem(ProblemKind.Busy, "backup.busy", "Another backup is being made into this place.", new(folder));
        }

        var place = new BackupPlace(folder, platform, held);
        var taken = false;
        try
        {
            if (File.Exists(mark) && PlatformOf(mark) != platform)
                return new Problem(ProblemKind.Conflict, "backup.other-platform", "The place holds the backups of another data folder. Name another place.", new(folder));
            foreach (var made in (string[])[place.Pieces, place.Objects, place.Temporary, Path.Combine(folder, Backups)]) Directory.CreateDirectory(made);
            foreach (var left in Directory.EnumerateFiles(place.Temporary)) File.Delete(left);
            foreach (var left in Directory.EnumerateDirectories(Path.Combine(folder, Backups), "*" + Unfinished)) Directory.Delete(left, recursive: true);
            if (!File.Exists(mark)) place.Write(JsonSerializer.SerializeToUtf8Bytes(new Mark(BackupHead.Newest, platform), BackupHead.Json), mark);
            taken = true;
            return place;
        }
        finally
        {
            if (!taken) place.Dispose();
        }
    }

    /// <summary>All backups of a place, the newest first, and those that were begun and never finished. Problem: <c>backup.place</c>.</summary>
    public static Result<IReadOnlyList<BackupEntry>> List(string folder)
    {
        if (!File.Exists(Path.Combine(folder, MarkFile))) return NoPlace(folder);
        return Directory.EnumerateDirectories(Path.Combine(folder, Backups))
            .Select(d => new BackupEntry(Path.GetFileName(d), d.EndsWith(Unfinished, StringComparison.Ordinal) ? null : BackupHead.Read(d)))
            .OrderByDescending(e => e.Id, StringComparer.Ordinal).ToList();
    }

    /// <summary>
    /// The folder of a backup: the one that is named, or the newest of a place that is named. Problems: <c>backup.place</c>, <c>backup.unknown</c>,
    /// <c>backup.unfinished</c>, <c>backup.newer</c>.
    /// </summary>
    public static Result<string> Find(string path, string? id = null)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (id is null && (full.EndsWith(Unfinished, StringComparison.Ordinal) || File.Exists(Path.Combine(full, HeadFile)))) return Finished(full);
        if (!List(full).Try(out var all, out var problem)) return problem;
        if (all.FirstOrDefault(e => id is null ? e.Head is not null : e.Id == id || e.Id == id + Unfinished) is { } found) return Finished(Path.Combine(full, Backups, found.Id));
        return new Problem(ProblemKind.NotFound, "backup.unknown", "The place has no such backup. Look with: yunnao backup list.", new(path));
    }

    /// <summary>The place of a backup.</summary>
    internal static string PlaceOf(string backup) => Path.GetDirectoryName(Path.GetDirectoryName(backup)!)!;

    internal static string PiecesOf(string place) => Path.Combine(place, "pieces");

    internal static string ObjectsOf(string place) => Path.Combine(place, "objects");

    /// <summary>Begins a backup: a folder that is none yet.</summary>
    internal static string NewId(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z-'", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(4, lowercase: true);

    internal string Begin(string id) => Directory.CreateDirectory(Path.Combine(Folder, Backups, id + Unfinished)).FullName;

    /// <summary>From here on it is a backup, and survives a power cut.</summary>
    internal void Finish(string unfinished)
    {
        Durability.FlushFolder(unfinished);
        Directory.Move(unfinished, unfinished[..^Unfinished.Length]);
        Durability.FlushFolder(Path.Combine(Folder, Backups));
    }

    /// <summary>Writes a file that is whole or not there.</summary>
    internal void Write(ReadOnlySpan<byte> content, string file)
    {
        var temporary = Path.Combine(Temporary, Path.GetRandomFileName());
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
        Durability.FlushFolder(Path.GetDirectoryName(file)!);
    }

    /// <summary>Whose backups are made with these keys. From the first key of backups, so that it stays when that is rotated.</summary>
    internal static string PlatformOf(KeyRing keys)
    {
        keys.Current(KeyUse.Backup);
        var first = keys.Keys.First(k => k.Use == KeyUse.Backup);
        return Convert.ToHexStringLower(Hashing.Keyed(first.Suite, first.Bytes, "yunnao backup place"u8).AsSpan(0, 8));
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();

    private static Result<string> Finished(string backup)
    {
        if (backup.EndsWith(Unfinished, StringComparison.Ordinal)) return new Problem(ProblemKind.Conflict, "backup.unfinished", "This backup was begun and never finished; it is none. The next one removes it.", new(backup));
        if (BackupHead.Read(backup) is not { } head) return new Problem(ProblemKind.Unavailable, "backup.damaged", "The head of the backup cannot be read.", new(Path.Combine(backup, HeadFile)));
        if (head.Format > BackupHead.Newest) return new Problem(ProblemKind.Unsupported, "backup.newer", $"The backup was made by a newer program ({head.Program}). Use that one.", new(backup));
        return backup;
    }

    private static Problem NoPlace(string folder) => new(ProblemKind.NotFound, "backup.place", "The folder is no place of backups: nothing was backed up into it.", new(folder));

    private static string? PlatformOf(string mark)
    {
        try
        {
            return JsonSerializer.Deserialize<Mark>(File.ReadAllBytes(mark), BackupHead.Json)?.Platform;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Mark(int Format, string Platform);
}
