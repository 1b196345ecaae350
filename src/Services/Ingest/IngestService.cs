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
/// Brings files into the lake: land → decode → check → identify → commit. One file is one batch and one transaction; the same file with
/// the same mapping is the same batch and is not loaded twice. Small files that follow each other are batches of one transaction.
/// </summary>
public sealed partial class IngestService
{
    private readonly Registry _registry;
    private readonly DuckDbLake _lake;
    private readonly FileObjectStore _objects;
    private readonly Vault _vault;
    private readonly SubjectResolver _resolver;
    private readonly Decodings _decodings;
    private readonly string _temporaryFolder;

    /// <summary>Joins the parts. The lake must be open for writing, by nobody else, with the shapes of the same registry.</summary>
    public IngestService(Registry registry, IEnumerable<TableShape> shapes, DuckDbLake lake, FileObjectStore objects, Vault vault, string temporaryFolder)
    {
        (_registry, _lake, _objects, _vault, _temporaryFolder) = (registry, lake, objects, vault, temporaryFolder);
        _decodings = new(shapes.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal));
        _resolver = new(vault);
        RemoveAbandoned(temporaryFolder);
        lake.RegisterFunctions(_resolver);
    }

    /// <summary>Called after batches that brought merges of persons, to tell of them; null when nobody is told here.</summary>
    public Func<Task>? Merged { get; set; }

    /// <summary>Lets rows out of quarantine, with the same parts.</summary>
    public Release.ReleaseService Release => new(_registry, _decodings.Shapes.Values, _lake, _objects, _vault, _resolver, _temporaryFolder, TellMergesAsync);

    /// <summary>Loads what is asked for, file by file, in the order in which later files need earlier ones. A file's problem does not stop the others.</summary>
    public async IAsyncEnumerable<FileOutcome> IngestAsync(IngestRequest request, IProgress<IngestProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (files, problems) = new SourceFinder(_registry).Find(request);
        foreach (var problem in problems) yield return new(problem.Where?.File ?? "", request.Source, 0, null, null, problem, 0, []);
        var total = files.Sum(f => f.Bytes);
        long done = 0;
        for (var i = 0; i < files.Count;)
        {
            var group = SmallFiles.From(files, i, request);
            var (number, before, bytes) = (i, done, group.Sum(f => f.Bytes));
            void Report(string step, double fraction) => progress?.Report(
                new(number + (int)(fraction * (group.Count - 1)), files.Count, group[(int)(fraction * (group.Count - 1))].Path, step, group.Count == 1 ? fraction : 0, before + (group.Count == 1 ? 0 : (long)(fraction * bytes)), total));
            if (group.Count == 1) yield return await LoadAsync(group[0], request, Report, cancellation).ConfigureAwait(false);
            else
            {
                foreach (var outcome in await LoadGroupAsync(group, request, Report, cancellation).ConfigureAwait(false)) yield return outcome;
            }

            await TellMergesAsync().ConfigureAwait(false);
            i += group.Count;
            done += bytes;
        }

        progress?.Report(new(files.Count, files.Count, null, "done", 1, total, total));
    }

    /// <summary>The files that a request asks for, each with its mapping, in the order in which later files need earlier ones; and what is wrong with the request.</summary>
    public static (IReadOnlyList<SourceFile> Files, IReadOnlyList<Problem> Problems) Find(Registry registry, IngestRequest request) => new SourceFinder(registry).Find(request);

    /// <summary>Loads an object that the store holds already, as the file that it was.</summary>
    /// <param name="name">Name as the sender gave it, which a mapping's file patterns are matched against.</param>
    /// <param name="request">How; its paths are not looked at, its source is needed.</param>
    public async Task<FileOutcome> IngestObjectAsync(string objectId, string name, IngestRequest request, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!(await _objects.ReceivedAsync(objectId, cancellation).ConfigureAwait(false)).Try(out var landed, out var problem))
            return new(name, request.Source, 0, null, null, problem with { Where = new(name) }, 0, []);
        await using (landed.ConfigureAwait(false)) return await LoadAsync(landed, name, request, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Loads what a stream gives, as a file of that name; parameters as for <see cref="IngestObjectAsync"/>.</summary>
    public async Task<FileOutcome> IngestStreamAsync(Stream bytes, string name, IngestRequest request, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var landed = await _objects.ReceiveAsync(bytes, cancellation).ConfigureAwait(false);
        await using (landed.ConfigureAwait(false))
        {
            try
            {
                return await LoadAsync(landed, name, request, progress, cancellation).ConfigureAwait(false);
            }
            finally
            {
                // What could not be loaded is kept too.
                await landed.KeepAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<FileOutcome> LoadAsync(ReceivedObject landed, string name, IngestRequest request, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var (clock, reports, bytes) = (Stopwatch.StartNew(), new List<PathUse>(), landed.Object.Length);
        if (!new SourceFinder(_registry).Find(name, bytes, request.Source).Try(out var file, out var problem)) return new(name, request.Source, bytes, null, null, problem, 0, reports);
        void Report(string step, double fraction) => progress?.Report(new(0, 1, name, step, fraction, 0, bytes));
        var result = await TryLoadAsync(file, landed, request, Report, reports, cancellation).ConfigureAwait(false);
        await TellMergesAsync().ConfigureAwait(false);
        return result.Try(out var entry, out problem)
            ? new(name, request.Source, bytes, entry.Batch, entry.Already, null, clock.Elapsed.TotalSeconds, reports)
            : new(name, request.Source, bytes, null, null, problem, clock.Elapsed.TotalSeconds, reports);
    }

    private async Task TellMergesAsync()
    {
        if (Merged is null || !_vault.Merges.Fresh) return;
        _vault.Merges.Fresh = false;
        await Merged().ConfigureAwait(false);
    }

    private async Task<FileOutcome> LoadAsync(SourceFile file, IngestRequest request, Action<string, double> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var reports = new List<PathUse>();
        var result = await TryLoadAsync(file, request, report, reports, cancellation).ConfigureAwait(false);
        var seconds = clock.Elapsed.TotalSeconds;
        return result.Try(out var entry, out var problem)
            ? new(file.Path, file.Mapping.Id, file.Bytes, entry.Batch, entry.Already, null, seconds, reports)
            : new(file.Path, file.Mapping.Id, file.Bytes, null, null, problem, seconds, reports);
    }

    private async Task<Result<(BatchEntry? Batch, int? Already)>> TryLoadAsync(
        SourceFile file, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        report("land", 0);
        if (!(await LandAsync(file.Path, cancellation).ConfigureAwait(false)).Try(out var landed, out var unreadable)) return unreadable;
        await using (landed.ConfigureAwait(false))
        {
            try
            {
                return await TryLoadAsync(file, landed, request, report, uses, cancellation).ConfigureAwait(false);
            }
            finally
            {
                // A file that could not be loaded is kept too.
                await landed.KeepAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<Result<(BatchEntry? Batch, int? Already)>> TryLoadAsync(
        SourceFile file, ReceivedObject landed, IngestRequest request, Action<string, double> report, List<PathUse> uses, CancellationToken cancellation)
    {
        if (_lake.FindBatch(landed.Object.Id, file.Mapping.Id) is { } already) return (null, already);
        var organisation = request.Organisation ?? file.Mapping.Organisation;
        if (!_lake.Begin(Header(file, landed.Object, organisation)).Try(out var batch, out var problem)) return problem;
        using (batch)
        {
            try
            {
                var load = new BatchLoad(_registry, batch, _resolver, _vault);
                using var stager = Stagers.Of(file, landed.Path, landed.Object, organisation, _decodings, batch, load.Codes, load.Sets, _temporaryFolder);
                var loaded = await ExplainedAsync(stager, file, () => load.RunAsync(stager, landed.KeepAsync, request, report, uses, cancellation, sets => request.OwnOnly ? Foreign(batch, sets, request.Organisation!) : null)).ConfigureAwait(false);
                if (!loaded.Ok || request.DryRun) _resolver.Forget();
                return loaded.Try(out var entries, out problem) ? (entries[0], null) : problem;
            }
            catch
            {
                _resolver.Forget();
                throw;
            }
        }
    }

    private BatchHeader Header(SourceFile file, StoredObject landed, string? organisation) =>
        new(landed.Id, file.Name, file.Mapping.Id, _registry.Fingerprint, landed.Length, organisation);

    /// <summary>Runs a load; what goes wrong because of the file is the file's problem.</summary>
    private static async Task<Result<IReadOnlyList<BatchEntry>>> ExplainedAsync(Stager stager, SourceFile file, Func<Task<Result<IReadOnlyList<BatchEntry>>>> load)
    {
        try
        {
            return await load().ConfigureAwait(false);
        }
        catch (Exception e) when (stager.Explain(e) is { } unreadable)
        {
            return unreadable with { Where = new(file.Path) };
        }
    }

    /// <summary>
    /// Loads small files of one mapping as batches of one transaction. When it cannot be committed as a whole, each is loaded by itself, so that
    /// one file's problem is that file's alone.
    /// </summary>
    private async Task<IReadOnlyList<FileOutcome>> LoadGroupAsync(IReadOnlyList<SourceFile> files, IngestRequest request, Action<string, double> report, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var group = new SmallFiles(_objects, _lake);
        await using (group.ConfigureAwait(false))
        {
            report("land", 0);
            await group.LandAsync(files, cancellation).ConfigureAwait(false);
            var committed = await TryLoadGroupAsync(group, request, report, cancellation).ConfigureAwait(false);
            if (committed is { Ok: true })
            {
                var seconds = clock.Elapsed.TotalSeconds / files.Count;
                return group.Outcomes(committed.Value.Value.ToDictionary(e => e.Number), seconds);
            }
        }

        var outcomes = new List<FileOutcome>();
        foreach (var file in files) outcomes.Add(await LoadAsync(file, request, report, cancellation).ConfigureAwait(false));
        return outcomes;
    }

    /// <summary>Null when the engine or a decoder gave up: nothing of the group is in the lake then.</summary>
    private async Task<Result<IReadOnlyList<BatchEntry>>?> TryLoadGroupAsync(SmallFiles group, IngestRequest request, Action<string, double> report, CancellationToken cancellation)
    {
        if (group.ToLoad.Count == 0) return (BatchEntry[])[];
        if (!_lake.BeginGroup().Try(out var batch, out var problem)) return problem;
        var organisation = request.Organisation ?? group.ToLoad[0].File.Mapping.Organisation;
        using (batch)
        {
            var ended = false;
            try
            {
                var load = new BatchLoad(_registry, batch, _resolver, _vault);
                using var stager = new GroupStager(group.ToLoad, _decodings, batch, (f, o) => Header(f, o, organisation), load.Codes, load.Sets, organisation);
                var loaded = await load.RunAsync(stager, group.KeepAsync, request, report, [], cancellation).ConfigureAwait(false);
                ended = loaded.Ok;
                return loaded;
            }
            catch (Exception e) when (e is DuckDB.NET.Data.DuckDBException or InvalidDataException)
            {
                return null;
            }
            finally
            {
                if (!ended) _resolver.Forget();
            }
        }
    }

    private async Task<Result<ReceivedObject>> LandAsync(string path, CancellationToken cancellation)
    {
        if (!SmallFiles.Open(path).Try(out var source, out var problem)) return problem;
        await using (source.ConfigureAwait(false))
        {
            return await _objects.ReceiveAsync(source, cancellation).ConfigureAwait(false);
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
