using System.Security.Cryptography;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>
/// A run of small files of one mapping, on their way into the lake as batches of one transaction: what is to be loaded, what is loaded
/// already, what cannot be read. A folder of messages is loaded some hundred times faster so.
/// </summary>
internal sealed class SmallFiles(FileObjectStore objects, DuckDbLake lake) : IAsyncDisposable
{
    private const int MostFiles = 1000;
    private const int MostBytesOfFile = 1 << 20;
    private const long MostBytes = 64 << 20;
    private const int LandedAtOnce = 8;
    private readonly List<(SourceFile File, GroupFile? Loaded, Problem? Problem, int? Already)> _files = [];

    /// <summary>The files that are to be loaded, each content once.</summary>
    public List<GroupFile> ToLoad { get; } = [];

    /// <summary>The files from one on that can be loaded together; that one alone, when it cannot be with others.</summary>
    public static IReadOnlyList<SourceFile> From(IReadOnlyList<SourceFile> files, int first, IngestRequest request)
    {
        var end = first + 1;
        var bytes = files[first].Bytes;
        if (request is { DryRun: false, Report: false, WithCommit: null } && IsSmall(files[first]))
        {
            while (end < files.Count && end - first < MostFiles && files[end].Mapping == files[first].Mapping && IsSmall(files[end]) && bytes + files[end].Bytes <= MostBytes)
                bytes += files[end++].Bytes;
        }

        return [.. files.Skip(first).Take(end - first)];
    }

    /// <summary>A file to read from; it may be written to by nobody meanwhile. Problem: <c>ingest.unreadable</c>.</summary>
    public static Result<FileStream> Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "ingest.unreadable", "The file cannot be opened: it is gone, in use, or not allowed to be read.", new(path));
        }
    }

    /// <summary>Takes the bytes of all files in that are not batches already, several at a time.</summary>
    public async Task LandAsync(IReadOnlyList<SourceFile> files, CancellationToken cancellation)
    {
        var together = new ParallelOptions { MaxDegreeOfParallelism = LandedAtOnce, CancellationToken = cancellation };
        var read = new Result<byte[]>[files.Count];
        var hashes = new string[files.Count];
        await Parallel.ForAsync(0, files.Count, together, async (i, stop) =>
        {
            read[i] = await ReadAsync(files[i].Path, stop).ConfigureAwait(false);
            hashes[i] = read[i].Ok ? Convert.ToHexStringLower(SHA256.HashData(read[i].Value)) : "";
        }).ConfigureAwait(false);
        var known = lake.FindBatches([.. hashes.Distinct()], files[0].Mapping.Id);
        var chosen = new Dictionary<string, GroupFile>(StringComparer.Ordinal);
        for (var i = 0; i < files.Count; i++)
        {
            var hash = hashes[i];
            var already = known.TryGetValue(hash, out var batch);
            GroupFile? file = null;
            if (read[i].Ok && !already && !chosen.TryGetValue(hash, out file))
            {
                chosen.Add(hash, file = new(files[i], read[i].Value));
                ToLoad.Add(file);
            }

            _files.Add((files[i], file, read[i].Problem, already ? batch : null));
        }

        await Parallel.ForEachAsync(ToLoad, together, async (f, stop) =>
        {
            using var bytes = new MemoryStream(f.Bytes, writable: false);
            f.Landed = await objects.ReceiveSealedAsync(bytes, stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Makes the bytes of all files objects of the store.</summary>
    public Task KeepAsync() => Parallel.ForEachAsync(ToLoad, new ParallelOptions { MaxDegreeOfParallelism = LandedAtOnce }, async (f, _) => await f.Landed!.KeepAsync().ConfigureAwait(false));

    /// <summary>What became of each file.</summary>
    /// <param name="seconds">Time of one file.</param>
    public IReadOnlyList<FileOutcome> Outcomes(IReadOnlyDictionary<int, BatchEntry> committed, double seconds) => [.. _files.Select(f =>
    {
        var entry = f.Loaded?.File == f.File ? committed[f.Loaded.Batch] : null;
        return new FileOutcome(f.File.Path, f.File.Mapping.Id, f.File.Bytes, entry, entry is null ? f.Already ?? f.Loaded?.Batch : null, f.Problem, seconds, []);
    })];

    public async ValueTask DisposeAsync()
    {
        foreach (var file in ToLoad) await file.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Result<byte[]>> ReadAsync(string path, CancellationToken cancellation)
    {
        if (!Open(path).Try(out var source, out var problem)) return problem;
        await using (source.ConfigureAwait(false))
        {
            using var bytes = new MemoryStream();
            await source.CopyToAsync(bytes, cancellation).ConfigureAwait(false);
            return bytes.ToArray();
        }
    }

    /// <summary>Files of decoded formats that are plain; a packed one may be anything but small.</summary>
    private static bool IsSmall(SourceFile file) =>
        !file.Mapping.HasColumns && file.Bytes is > 0 and <= MostBytesOfFile && !file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) && !LandedFile.IsPackedFile(file.Path);
}
