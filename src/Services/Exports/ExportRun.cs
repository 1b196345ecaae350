using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Fhir;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>
/// Carries an order out, into a folder: a data set after the other, each in one statement and so in one state of the lake, none of it newer than
/// the mark that was taken at the beginning. Called again after a crash it goes on where it was; the outcome is the same as without.
/// </summary>
/// <param name="lake">For the data, in the audit.</param>
/// <param name="seal">Encrypts the files where they wait to be fetched; null where the folder is the recipient's own.</param>
/// <param name="resources">Writes resources of FHIR; null where nobody asks for them.</param>
public sealed class ExportRun(AuditedLake lake, Registry registry, IReadOnlyList<TableShape> shapes, TimeProvider time, FileSeal? seal = null, FhirExport? resources = null)
{
    private const string DatabaseName = "data.duckdb";

    private static readonly JsonSerializerOptions s_json = new(ApiJson.Options) { WriteIndented = true, NewLine = "\n" };

    /// <summary>
    /// Runs to the end. Problems: those of a query, <c>export.exists</c> (the folder holds a whole export), <c>export.of-another</c> (it holds a
    /// part of another one), <c>export.full-needed</c>, <c>export.file</c>.
    /// </summary>
    /// <param name="report">Told the data set and the part of all data sets that is done.</param>
    public async Task<Result<ExportManifest>> RunAsync(Scope scope, ExportOrder order, string folder, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(report);
        try
        {
            if (!(await BeginAsync(order, folder, cancellation).ConfigureAwait(false)).Try(out var progress, out var problem)) return problem;
            var sets = order.DataSets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            foreach (var (id, i) in sets.Select((id, i) => (id, i)))
            {
                if (progress.Done.Any(d => d.Id == id)) continue;
                report(id, (double)i / sets.Count);
                if (!(await ExportAsync(scope, order, id, progress.Mark, folder, cancellation).ConfigureAwait(false)).Try(out var written, out problem)) return problem;
                progress = progress with { Done = [.. progress.Done, written.Part], Files = [.. progress.Files, .. written.Files] };
                Write(folder, ExportProgress.FileName, progress);
            }

            return Finish(scope, order, folder, progress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "export.file", "A file of the export cannot be written or read.", new(folder));
        }
    }

    private async Task<Result<ExportProgress>> BeginAsync(ExportOrder order, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (File.Exists(Path.Combine(folder, ExportManifest.FileName)))
            return new Problem(ProblemKind.Conflict, "export.exists", "The folder holds a whole export already; name another one.", new(folder));
        var (hash, file) = (HashOf(order), Path.Combine(folder, ExportProgress.FileName));
        if (File.Exists(file))
        {
            var known = JsonSerializer.Deserialize<ExportProgress>(await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false), s_json)!;
            return known.Order == hash && known.Registry == registry.Fingerprint
                ? known
                : new Problem(ProblemKind.Conflict, "export.of-another", "The folder holds a part of another export, or of one by another registry; name another folder, or remove it.", new(folder));
        }

        if (Directory.EnumerateFileSystemEntries(folder).Any()) return new Problem(ProblemKind.Conflict, "export.of-another", "The folder is not empty; name another one.", new(folder));
        var mark = await lake.MarkAsync(cancellation).ConfigureAwait(false);
        if (order.Since is { } since && since.IsAfter(mark))
            return new Problem(ProblemKind.Conflict, "export.full-needed", "The mark is not of the past of this lake: it is another one's, or the lake was restored from a backup since. Take a full export.");
        var progress = new ExportProgress(hash, registry.Fingerprint, mark, time.GetUtcNow(), [], []);
        Write(folder, ExportProgress.FileName, progress);
        return progress;
    }

    private async Task<Result<(ExportManifest.Part Part, IReadOnlyList<ExportManifest.Content> Files)>> ExportAsync(
        Scope scope, ExportOrder order, string id, LakeMark mark, string folder, CancellationToken cancellation)
    {
        if (!ExportQuery.Of(order, id, shapes, scope, order.Since, mark).Try(out var query, out var problem)) return problem;
        if (order.Fhir is { } fhir)
        {
            if (!(await resources!.WriteAsync(scope, fhir, id, mark.Batch, query.Query.Where, folder, cancellation).ConfigureAwait(false)).Try(out var given, out problem)) return problem;
            return (PartOf(given.Rows), given.Files.Select(f => Kept(folder, f, id, encrypt: true)).ToArray());
        }

        var format = order.Form switch { ExportForm.Csv => ExportFormat.Csv, ExportForm.Ndjson => ExportFormat.Ndjson, _ => ExportFormat.Parquet };
        var target = new ExportTarget("", format, order.Form == ExportForm.Duckdb ? 0 : order.SplitMb * 1_000_000L, order.Compressed);
        target = target with { Path = Path.Combine(folder, target.SplitBytes > 0 ? id : $"{id}.{target.Ending}") };
        if (Directory.Exists(target.Path)) Directory.Delete(target.Path, recursive: true);
        if (!(await lake.ExportAsync(scope, query.Query, target, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
        string[] files = target.SplitBytes > 0 ? [.. Directory.GetFiles(target.Path).Order(StringComparer.Ordinal)] : [target.Path];
        return (PartOf(rows), files.Select(f => Kept(folder, f, id, order.Form != ExportForm.Duckdb)).ToArray());

        ExportManifest.Part PartOf(long count) => new(id, query.Shape.DataSet.Version, count, query.Actions);
    }

    private Result<ExportManifest> Finish(Scope scope, ExportOrder order, string folder, ExportProgress progress)
    {
        var files = progress.Files;
        if (order.Form == ExportForm.Duckdb)
        {
            var database = Path.Combine(folder, DatabaseName);
            DatabaseFile.Write(database, progress.Files.Select(f => (f.DataSet, Path.Combine(folder, f.Name))));
            files = [Kept(folder, database, "", encrypt: true)];
        }

        var manifest = new ExportManifest(registry.Fingerprint, scope.Who, time.GetUtcNow(), order, progress.Mark, progress.Done, files);
        Write(folder, ExportManifest.FileName, manifest);
        if (order.Form == ExportForm.Duckdb)
        {
            foreach (var file in progress.Files) File.Delete(Path.Combine(folder, file.Name));
        }

        File.Delete(Path.Combine(folder, ExportProgress.FileName));
        return manifest;
    }

    /// <summary>What the manifest says of a file, which is encrypted from here on; name, length and hash are those of its clear bytes.</summary>
    /// <param name="encrypt">False for a file that another is made of.</param>
    private ExportManifest.Content Kept(string folder, string file, string dataSet, bool encrypt)
    {
        var content = ContentOf(folder, file, dataSet);
        if (seal is null || !encrypt) return content;
        var unfinished = file + ".sealed";
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            using (var bytes = File.OpenRead(file))
            using (var sealing = seal.Seal(output, ExportFolder.PlaceOf(folder, content.Name))) bytes.CopyTo(sealing);
            output.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
        return content;
    }

    private static ExportManifest.Content ContentOf(string folder, string file, string dataSet)
    {
        using var bytes = File.OpenRead(file);
        return new(Path.GetRelativePath(folder, file).Replace('\\', '/'), dataSet, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static string HashOf(ExportOrder order) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(order, s_json)));

    /// <summary>Writes a file that is whole or not there, also after a power cut.</summary>
    private static void Write<T>(string folder, string name, T content)
    {
        var (file, unfinished) = (Path.Combine(folder, name), Path.Combine(folder, name + ".part"));
        using (var output = new FileStream(unfinished, FileMode.Create))
        {
            JsonSerializer.Serialize(output, content, s_json);
            output.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
    }
}
