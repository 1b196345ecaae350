using System.Diagnostics;
using System.Runtime.CompilerServices;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Services.Identity;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Brings files into the lake: land → decode → check → identify → commit. One file is one batch, all of it or nothing; the same file with
/// the same mapping is the same batch and is not loaded twice. Small files are committed many at a time.
/// </summary>
public sealed class IngestService
{
    // A thousand small files cost two statements a data set; twice as many gain little and wait longer to be seen.
    private const int MostTogether = 1000;
    private const long SmallFile = 1 << 20;
    private const long BytesTogether = 64 << 20;

    private readonly Registry _registry;
    private readonly DuckDbLake _lake;
    private readonly FileObjectStore _objects;
    private readonly Vault _vault;
    private readonly SubjectResolver _resolver;
    private readonly Dictionary<string, TableShape> _shapes;
    private readonly string _temporaryFolder;

    /// <summary>Joins the parts. The lake must be open for writing, by nobody else, with the shapes of the same registry.</summary>
    public IngestService(Registry registry, IEnumerable<TableShape> shapes, DuckDbLake lake, FileObjectStore objects, Vault vault, string temporaryFolder)
    {
        (_registry, _lake, _objects, _vault, _temporaryFolder) = (registry, lake, objects, vault, temporaryFolder);
        _shapes = shapes.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal);
        _resolver = new(vault);
        RemoveAbandoned(temporaryFolder);
        lake.RegisterFunctions(_resolver);
    }

    /// <summary>Loads what is asked for, file by file, in the order in which later files need earlier ones. A file's problem does not stop the others.</summary>
    public async IAsyncEnumerable<FileOutcome> IngestAsync(IngestRequest request, IProgress<IngestProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (files, problems) = new SourceFinder(_registry).Find(request);
        foreach (var problem in problems) yield return new(problem.Where?.File ?? "", request.Source, 0, null, null, problem, 0, []);
        var total = files.Sum(f => f.Bytes);
        long done = 0;
        for (var i = 0; i < files.Count;)
        {
            var (number, together, before) = (i, Together(files, i), done);
            void Report(string step, double fraction) => progress?.Report(new(number, files.Count, files[number].Path, step, fraction, before, total));
            foreach (var outcome in await LoadAsync(together, request, Report, cancellation).ConfigureAwait(false)) yield return outcome;
            done += together.Sum(f => f.Bytes);
            i += together.Count;
        }

        progress?.Report(new(files.Count, files.Count, null, "done", 1, total, total));
    }

    /// <summary>
    /// The files that are loaded with the one at <paramref name="first"/> in one transaction, itself included: a small file costs little more
    /// than its records when the statements over them are made once for many. Each file stays a batch of its own.
    /// </summary>
    private static IReadOnlyList<SourceFile> Together(IReadOnlyList<SourceFile> files, int first)
    {
        var (count, bytes) = (0, 0L);
        while (first + count < files.Count && count < MostTogether && files[first + count] is var file && file.Mapping == files[first].Mapping
            && DecodedStager.Reads(file.Mapping) && file.Bytes <= SmallFile && bytes + file.Bytes <= BytesTogether)
        {
            bytes += file.Bytes;
            count++;
        }

        return [.. files.Skip(first).Take(Math.Max(1, count))];
    }

    private async Task<IReadOnlyList<FileOutcome>> LoadAsync(IReadOnlyList<SourceFile> files, IngestRequest request, Action<string, double> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        report("land", 0);
        var landed = new List<Result<ReceivedObject>>();
        try
        {
            foreach (var file in files) landed.Add(await LandAsync(file.Path, cancellation).ConfigureAwait(false));
            var known = _lake.FindBatches([.. landed.Where(l => l.Ok).Select(l => l.Value.Object.Id)], files[0].Mapping.Id).ToDictionary(StringComparer.Ordinal);
            var fresh = files.Zip(landed).Where(f => f.Second.Ok && !known.ContainsKey(f.Second.Value.Object.Id))
                .Select(f => new LandedSource(f.First, f.Second.Value)).DistinctBy(f => f.Landed.Object.Id).ToList();
            var uses = new List<PathUse>();
            var loaded = await LoadAsync(fresh, request, report, uses, cancellation).ConfigureAwait(false);
            var seconds = clock.Elapsed.TotalSeconds / files.Count;
            return [.. files.Zip(landed).Select(f => Outcome(f.First, f.Second))];

            FileOutcome Outcome(SourceFile file, Result<ReceivedObject> landing)
            {
                var of = new FileOutcome(file.Path, file.Mapping.Id, file.Bytes, null, null, null, seconds, []);
                if (!landing.Try(out var bytes, out var unreadable)) return of with { Problem = unreadable };
                if (known.TryGetValue(bytes.Object.Id, out var already)) return of with { AlreadyLoaded = already };
                var result = loaded[bytes.Object.Id];
                if (!result.Try(out var entry, out var problem)) return of with { Problem = problem };

                // The same bytes once more among these files are the batch that the first of them is.
                known[bytes.Object.Id] = entry.Number;
                var outcome = of with { Batch = entry, Report = [.. uses] };
                uses.Clear();
                return outcome;
            }
        }
        finally
        {
            // A file that could not be loaded is kept too.
            foreach (var received in landed.Where(l => l.Ok))
            {
                await received.Value.KeepAsync().ConfigureAwait(false);
                await received.Value.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Loads files in one transaction; when that does not succeed, each in its own, so that one file's problem does not keep out the others.</summary>
    private async Task<Dictionary<string, Result<BatchEntry>>> LoadAsync(
        List<LandedSource> files, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        var outcomes = new Dictionary<string, Result<BatchEntry>>(StringComparer.Ordinal);
        if (files.Count == 0) return outcomes;
        var result = await TryLoadAsync(files, request, report, uses, cancellation).ConfigureAwait(false);
        if (result.Try(out var entries, out var problem))
        {
            for (var i = 0; i < files.Count; i++) outcomes[files[i].Landed.Object.Id] = entries[i];
        }
        else if (files.Count == 1)
        {
            outcomes[files[0].Landed.Object.Id] = problem;
        }
        else
        {
            foreach (var file in files)
                foreach (var (id, outcome) in await LoadAsync([file], request, report, uses, cancellation).ConfigureAwait(false)) outcomes[id] = outcome;
        }

        return outcomes;
    }

    private async Task<Result<IReadOnlyList<BatchEntry>>> TryLoadAsync(
        List<LandedSource> files, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        var headers = files.Select(f => new BatchHeader(f.Landed.Object.Id, f.File.Name, f.File.Mapping.Id, _registry.Fingerprint, f.Landed.Object.Length)).ToList();
        if (!_lake.BeginTogether(headers).Try(out var batch, out var problem)) return problem;
        using (batch)
        {
            try
            {
                var loaded = await new BatchLoad(_registry, _shapes, batch, _resolver, _vault, _temporaryFolder)
                    .RunAsync(files, request, report, uses, cancellation).ConfigureAwait(false);
                if (!loaded.Ok || request.DryRun) _resolver.Forget();
                return loaded;
            }
            catch
            {
                _resolver.Forget();
                throw;
            }
        }
    }

    private async Task<Result<ReceivedObject>> LandAsync(string path, CancellationToken cancellation)
    {
        if (!Open(path).Try(out var source, out var problem)) return problem;
        await using (source.ConfigureAwait(false))
        {
            return await _objects.ReceiveAsync(source, cancellation).ConfigureAwait(false);
        }
    }

    private static Result<FileStream> Open(string path)
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

    /// <summary>A process that was killed leaves its unpacked and received files, which hold patients' data.</summary>
    private static void RemoveAbandoned(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.EnumerateFiles(folder, "*.csv").Concat(Directory.EnumerateFiles(folder, "stdin-*"))) File.Delete(file);
        foreach (var fetched in Directory.EnumerateDirectories(folder, "drop-*")) Directory.Delete(fetched, recursive: true);
    }
}
