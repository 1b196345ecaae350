using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>The manifest of a backup, opened by the keys that lie beside it: what the backup holds, read line by line.</summary>
internal sealed class Manifest : IDisposable
{
    private readonly OpeningStream _clear;

    private Manifest(string backup, BackupHead head, KeyRing keys, OpeningStream clear) => (Backup, Head, Keys, _clear) = (backup, head, keys, clear);

    /// <summary>Folder of the backup.</summary>
    public string Backup { get; }

    public BackupHead Head { get; }

    /// <summary>The keys as they were when the backup was made.</summary>
    public KeyRing Keys { get; }

    /// <summary>The key under which the pieces are named and encrypted.</summary>
    public DataKey Key => Keys.Find(_clear.KeyId).Value;

    /// <summary>Opens it. Problems: <c>backup.damaged</c>, <c>keys.*</c>. The manifest owns the keys, and so the master key, from here on.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Result<Manifest> Open(string backup, IMasterKey master)
    {
        var file = Path.Combine(backup, BackupPlace.ManifestFile);
        if (BackupHead.Read(backup) is not { } head) return Damaged(Path.Combine(backup, BackupPlace.HeadFile));
        var ring = Path.Combine(backup, BackupPlace.RingFile);
        if (!File.Exists(ring) || !File.Exists(file)) return Damaged(backup);
        if (head.Master != master.Id) return new Problem(ProblemKind.Unavailable, "backup.other-key", $"The backup is under the master key {head.Master}; this one is {master.Id}. Name the right one with --master-key.", new(backup));
        if (!KeyRing.OpenCopy(ring, master).Try(out var keys, out var problem)) return problem;
        if (OpeningStream.Open(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read), keys).Try(out var clear, out problem)) return new Manifest(backup, head, keys, clear);
        keys.Dispose();
        return problem with { Code = problem.Code == "keys.sealed-damaged" ? "backup.damaged" : problem.Code, Where = new(file) };
    }

    /// <summary>
    /// All lines but the head, which is compared with the one in clear, and that with the keys beside it.
    /// </summary>
    /// <exception cref="InvalidDataException">The manifest, its head or its keys are not what was written.</exception>
    public IEnumerable<ManifestLine> Lines(CancellationToken cancellation)
    {
        _clear.Position = 0;
        using var reader = new StreamReader(_clear, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
        while (reader.ReadLine() is { } text)
        {
            cancellation.ThrowIfCancellationRequested();
            var line = JsonSerializer.Deserialize<ManifestLine>(text, BackupHead.Json)!;
            if (line.Head is { } head)
            {
                var ring = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Backup, BackupPlace.RingFile))));
                if (head != Head || ring != head.Ring) throw new InvalidDataException("The head of the backup or its keys are not what was written.");
                yield break;
            }

            yield return line;
        }

        throw new InvalidDataException("The manifest has no end.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clear.Dispose();
        Keys.Dispose();
    }

    internal static Problem Damaged(string file) => new(ProblemKind.Unavailable, "backup.damaged", "A file of the backup is not what was written, or is gone.", new(file));
}
