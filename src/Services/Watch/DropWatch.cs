using System.Runtime.CompilerServices;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Watch;

/// <summary>
/// Loads the files that appear in a drop. What was loaded is known by its hash, so a look after a crash loads nothing twice; what is noted
/// of names, lengths and tags only saves the fetching.
/// </summary>
/// <param name="temporaryFolder">That of the ingest, which removes what a process that was killed has left there.</param>
public sealed class DropWatch(IDrop drop, WatchOptions options, DuckDbLake lake, IngestService ingest, string temporaryFolder, TimeProvider clock)
{
    private const int FilesTogether = 1000;
    private const long BytesTogether = 256L << 20;
    private readonly Dictionary<string, (DropFile File, long Since)> _growing = new(StringComparer.Ordinal);
    private Dictionary<string, (long Length, string Tag)>? _known;
    private string? _sources;

    /// <summary>True when files are there that may still be growing.</summary>
    public bool Waits => _growing.Count > 0;

    /// <summary>Looks once: loads what is new and whole. A file's problem does not stop the others; the last problem is that of the drop itself.</summary>
    public async IAsyncEnumerable<FileOutcome> LookAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        _known ??= lake.DropFiles.Read(drop.Place);
        var folder = Path.Combine(temporaryFolder, "drop-" + Path.GetRandomFileName());
        var listed = await TryAsync(drop.ListAsync(cancellation)).ConfigureAwait(false);
        if (!listed.Try(out var files, out var problem))
        {
            yield return Failure(problem);
            yield break;
        }

        try
        {
            var ready = Ready(files).ToList();
            if (ready.Count > 0 && files.FirstOrDefault(f => f.Name == DropNames.Sources) is { } sources)
            {
                if (!(await TryAsync(drop.FetchAsync(sources, folder, cancellation)).ConfigureAwait(false)).Try(out _sources, out problem))
                {
                    yield return Failure(problem);
                    yield break;
                }
            }

            for (var i = 0; i < ready.Count;)
            {
                var together = Together(ready, i);
                i += together.Count;
                await foreach (var outcome in LoadAsync(together, folder, cancellation).ConfigureAwait(false)) yield return outcome;
            }
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private async IAsyncEnumerable<FileOutcome> LoadAsync(IReadOnlyList<DropFile> files, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var byPath = new Dictionary<string, DropFile>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var fetched = await TryAsync(drop.FetchAsync(file, folder, cancellation)).ConfigureAwait(false);
            if (fetched.Try(out var path, out var problem)) byPath[path] = file;
            else yield return Failure(problem);
        }

        var dealt = new List<(string Name, long Length, string Tag, int? Batch, string? Problem)>();
        await foreach (var outcome in ingest.IngestAsync(new([.. byPath.Keys], options.Mapping), null, cancellation).ConfigureAwait(false))
        {
            yield return outcome;
            if (!byPath.TryGetValue(outcome.File, out var file)) continue;

            // What will pass is tried again at the next look.
            if (outcome.Problem is { Kind: ProblemKind.Busy or ProblemKind.Unavailable or ProblemKind.Interrupted }) continue;
            if (Moves(file))
            {
                var target = $"{(outcome.Problem is null ? DropNames.Done : DropNames.Failed)}/{file.Name}";
                if ((await TryAsync(MoveAsync(file, target, cancellation)).ConfigureAwait(false)).Problem is { } stuck) yield return Failure(stuck);
                else continue;
            }

            _known![file.Name] = (file.Length, file.Tag);
            dealt.Add((file.Name, file.Length, file.Tag, outcome.Batch?.Number ?? outcome.AlreadyLoaded, outcome.Problem?.Code));
        }

        if (dealt.Count > 0) lake.DropFiles.Write(drop.Place, dealt);
        foreach (var path in byPath.Keys.Where(p => p.StartsWith(folder, StringComparison.Ordinal))) File.Delete(path);
    }

    /// <summary>Files that are new, or changed, and whole.</summary>
    private IEnumerable<DropFile> Ready(IReadOnlyList<DropFile> files)
    {
        var now = clock.GetTimestamp();
        var fresh = files.Where(f => DropNames.IsData(f.Name) && !(_known!.TryGetValue(f.Name, out var known) && known == (f.Length, f.Tag))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        foreach (var gone in _growing.Keys.Except(fresh.Select(f => f.Name)).ToList()) _growing.Remove(gone);
        foreach (var file in fresh)
        {
            if (!drop.AppearsWhole && !HasSettled(file, now)) continue;
            _growing.Remove(file.Name);
            yield return file;
        }
    }

    /// <summary>True when the file has been the same for long enough.</summary>
    private bool HasSettled(DropFile file, long now)
    {
        if (_growing.TryGetValue(file.Name, out var before) && before.File == file) return clock.GetElapsedTime(before.Since, now) >= options.Settle;
        _growing[file.Name] = (file, now);
        return options.Settle == TimeSpan.Zero;
    }

    private static IReadOnlyList<DropFile> Together(List<DropFile> files, int first)
    {
        long bytes = 0;
        return [.. files.Skip(first).Take(FilesTogether).TakeWhile((f, i) => i == 0 || (bytes += f.Length) <= BytesTogether)];
    }

    private async Task<bool> MoveAsync(DropFile file, string name, CancellationToken cancellation)
    {
        await drop.MoveAsync(file, name, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>What <c>sources.csv</c> says of the file's folder in its column <c>after</c>, else what the options say.</summary>
    private bool Moves(DropFile file)
    {
        if (_sources is null) return options.Moves;
        var folder = file.Name.Split('/')[0];
        var after = File.ReadLines(_sources).Skip(1).Select(l => l.Split(',')).Where(c => c.Length > 2 && c[0].Trim() == folder).Select(c => c[2].Trim()).FirstOrDefault();
        return after switch { "move" => true, "leave" => false, _ => options.Moves };
    }

    private FileOutcome Failure(Problem problem) => new(drop.Place, options.Mapping, 0, null, null, problem, 0, []);

    private async Task<Result<T>> TryAsync<T>(Task<T> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException && drop.Explain(e) is { })
        {
            return drop.Explain(e)!;
        }
    }
}
