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
/// the same mapping is the same batch and is not loaded twice.
/// </summary>
public sealed class IngestService
{
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

    /// <summary>Lets rows out of quarantine, with the same parts.</summary>
    public Release.ReleaseService Release => new(_registry, _shapes.Values, _lake, _objects, _vault, _resolver, _temporaryFolder);

    /// <summary>Loads what is asked for, file by file, in the order in which later files need earlier ones. A file's problem does not stop the others.</summary>
    public async IAsyncEnumerable<FileOutcome> IngestAsync(IngestRequest request, IProgress<IngestProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (files, problems) = new SourceFinder(_registry).Find(request);
        foreach (var problem in problems) yield return new(problem.Where?.File ?? "", request.Source, 0, null, null, problem, 0, []);
        var total = files.Sum(f => f.Bytes);
        long done = 0;
        for (var i = 0; i < files.Count; i++)
        {
            var (number, file, before) = (i, files[i], done);
            void Report(string step, double fraction) => progress?.Report(new(number, files.Count, file.Path, step, fraction, before, total));
            yield return await LoadAsync(file, request, Report, cancellation).ConfigureAwait(false);
            done += file.Bytes;
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
        var clock = Stopwatch.StartNew();
        var reports = new List<PathUse>();
        if (!(await _objects.ReceivedAsync(objectId, cancellation).ConfigureAwait(false)).Try(out var landed, out var problem)) return Refused(problem with { Where = new(name) });
        await using (landed.ConfigureAwait(false))
        {
            var bytes = landed.Object.Length;
            if (!new SourceFinder(_registry).Find(name, bytes, request.Source).Try(out var file, out problem)) return Refused(problem);
            void Report(string step, double fraction) => progress?.Report(new(0, 1, name, step, fraction, 0, bytes));
            var result = await TryLoadAsync(file, landed, request, Report, reports, cancellation).ConfigureAwait(false);
            return result.Try(out var entry, out problem)
                ? new(name, request.Source, bytes, entry.Batch, entry.Already, null, clock.Elapsed.TotalSeconds, reports)
                : Refused(problem, bytes);
        }

        FileOutcome Refused(Problem why, long bytes = 0) => new(name, request.Source, bytes, null, null, why, clock.Elapsed.TotalSeconds, reports);
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
        var header = new BatchHeader(landed.Object.Id, file.Name, file.Mapping.Id, _registry.Fingerprint, landed.Object.Length, request.Organisation ?? file.Mapping.Organisation);
        if (!_lake.Begin(header).Try(out var batch, out var problem)) return problem;
        using (batch)
        {
            try
            {
                var loaded = await new BatchLoad(_registry, _shapes, batch, _resolver, _vault, _temporaryFolder)
                    .RunAsync(file, landed, request, report, uses, cancellation).ConfigureAwait(false);
                if (!loaded.Ok || request.DryRun) _resolver.Forget();
                return loaded.Try(out var entry, out problem) ? (entry, null) : problem;
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
