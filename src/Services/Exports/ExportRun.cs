using System.Security.Cryptography;
using System.Text.Json;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Fhir;
using Yunnao.Services.Omop;
using Yunnao.Services.Web;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Envelopes;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Exports;

/// <summary>
/// Carries an order out, into a folder: a data set after the other, each in one statement and so in one state of the lake, none of it newer than
/// the mark that was taken at the beginning. Called again after a crash it goes on where it was; the outcome is the same as without.
/// </summary>
/// <param name="lake">For the data, in the audit.</param>
/// <param name="seal">Encrypts the files where they wait to be fetched; null where the folder is the recipient's own.</param>
/// <param name="signature">Signs the manifest; null for none.</param>
/// <param name="marks">The watermarks of recipients; null where nobody is marked.</param>
/// <param name="resources">Writes resources of FHIR; null where nobody asks for them.</param>
public sealed class ExportRun(AuditedLake lake, Registry registry, IReadOnlyList<TableShape> shapes, TimeProvider time, FileSeal? seal = null, ManifestSignature? signature = null, ExportMarks? marks = null, FhirExport? resources = null)
{
    private const string DatabaseName = "data.duckdb", WorkbookName = "data.xlsx";

    /// <summary>Changes were asked for since a mark that this lake has not come to.</summary>
    internal static Problem FullNeeded { get; } = new(
        ProblemKind.Conflict, "export.full-needed", "The mark is not of the past of this lake: it is another one's, or the lake was restored from a backup since. Take a full export.", new(Path: "since"));

    private static readonly JsonSerializerOptions s_json = new(ApiJson.Options) { WriteIndented = true, NewLine = "\n" };

    /// <summary>
    /// Runs to the end. Problems: those of a query, <c>export.exists</c> (the folder holds a whole export), <c>export.of-another</c> (it holds a
    /// part of another one), <c>export.full-needed</c>, <c>export.file</c>, <c>export.certificate</c>, <c>export.too-large</c>.
    /// </summary>
    /// <param name="report">Told the data set and the part of all data sets that is done.</param>
    public async Task<Result<ExportManifest>> RunAsync(Scope scope, ExportOrder order, string folder, Action<string, double> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(report);
        try
        {
            RecipientCertificate? recipient = null;
            if (order.Certificate is { } pem && !RecipientCertificate.Read(pem, time.GetUtcNow()).Try(out recipient, out var refused)) return refused;
            var files = new ExportFiles(folder, seal, recipient);
            if (!(await BeginAsync(order, folder, cancellation).ConfigureAwait(false)).Try(out var progress, out var problem)) return problem;
            var sets = order.Profile is null ? [.. order.DataSets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : OmopProfile.Of(registry).Tables;
            foreach (var (id, i) in sets.Select((id, i) => (id, i)))
            {
                if (progress.Done.Any(d => d.Id == id)) continue;
                report(id, (double)i / sets.Count);
                if (!(await ExportAsync(scope, order, id, progress.Mark, folder, files, cancellation).ConfigureAwait(false)).Try(out var written, out problem)) return problem;
                progress = progress with { Done = [.. progress.Done, written.Part], Files = [.. progress.Files, .. written.Files] };
                Write(folder, ExportProgress.FileName, progress);
            }

            return Finish(scope, order, folder, files, progress);
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

        if (Directory.EnumerateFileSystemEntries(folder).Any(f => f != Durability.UnfinishedOf(file))) return new Problem(ProblemKind.Conflict, "export.of-another", "The folder is not empty; name another one.", new(folder));
        var mark = await lake.MarkAsync(cancellation).ConfigureAwait(false);
        if (order.Since is { } since && since.IsAfter(mark))
            return FullNeeded;
        var progress = new ExportProgress(hash, registry.Fingerprint, mark, time.GetUtcNow(), [], []);
        Write(folder, ExportProgress.FileName, progress);
        return progress;
    }

    private async Task<Result<(ExportManifest.Part Part, IReadOnlyList<ExportManifest.Content> Files)>> ExportAsync(
        Scope scope, ExportOrder order, string id, LakeMark mark, string folder, ExportFiles kept, CancellationToken cancellation)
    {
        if (order.Profile is not null) return await TableAsync(scope, order, id, folder, kept, cancellation).ConfigureAwait(false);
        if (!ExportQuery.Of(order, id, shapes, scope, order.Since, mark, marks).Try(out var query, out var problem)) return problem;
        if (order.Fhir is { } fhir)
        {
            if (!(await resources!.WriteAsync(scope, fhir, id, mark.Batch, query.Query.Where, folder, cancellation).ConfigureAwait(false)).Try(out var given, out problem)) return problem;
            return (PartOf(given.Rows), given.Files.Select(f => kept.Keep(f, id)).ToArray());
        }

        var target = TargetOf(order, folder, id);
        if (!(await lake.ExportAsync(scope, query.Query, target, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
        if (order.Form == ExportForm.Xlsx && rows > WorkbookFile.MostRows) return TooLarge(id, rows);
        return (PartOf(rows), FilesOf(target).Select(f => OneFile(order) ? kept.Look(f, id) : kept.Keep(f, id)).ToArray());

        ExportManifest.Part PartOf(long count) => new(id, query.Shape.DataSet.Version, count, query.Actions);
    }

    /// <summary>A table of a profile. Its tables are read one after the other, each as the lake is then.</summary>
    private async Task<Result<(ExportManifest.Part Part, IReadOnlyList<ExportManifest.Content> Files)>> TableAsync(
        Scope scope, ExportOrder order, string table, string folder, ExportFiles kept, CancellationToken cancellation)
    {
        var seen = new Dictionary<string, ScopedTable>(StringComparer.Ordinal);
        foreach (var shape in shapes.Where(s => order.DataSets.Contains(s.DataSet.Id, StringComparer.Ordinal)))
        {
            if (!ScopedTable.Of(shape, scope).Try(out var shown, out var hidden)) return hidden;
            seen[shape.DataSet.Id] = shown;
        }

        if (!OmopProfile.Of(registry).Sql(table, seen).Try(out var sql, out var problem)) return problem;
        if (sql is null) return (new ExportManifest.Part(table, OmopProfile.Version, 0, new Dictionary<string, string>()), []);
        var target = TargetOf(order, folder, table);
        if (!(await lake.ExportSqlAsync(scope, sql, target, cancellation).ConfigureAwait(false)).Try(out var rows, out problem)) return problem;
        return (new ExportManifest.Part(table, OmopProfile.Version, rows, new Dictionary<string, string>()), FilesOf(target).Select(f => kept.Keep(f, table)).ToArray());
    }

    /// <summary>Where a data set or a table goes, with nothing of an earlier attempt there.</summary>
    private static ExportTarget TargetOf(ExportOrder order, string folder, string id)
    {
        var format = order.Form switch { ExportForm.Csv => ExportFormat.Csv, ExportForm.Ndjson => ExportFormat.Ndjson, _ => ExportFormat.Parquet };
        var target = new ExportTarget("", format, OneFile(order) ? 0 : order.SplitMb * 1_000_000L, order.Compressed);
        target = target with { Path = Path.Combine(folder, target.SplitBytes > 0 ? id : $"{id}.{target.Ending}") };
        if (Directory.Exists(target.Path)) Directory.Delete(target.Path, recursive: true);
        return target;
    }

    private static string[] FilesOf(ExportTarget target) => target.SplitBytes > 0 ? Parts(target.Path) : [target.Path];

    /// <summary>The parts of a data set, without the empty one that the engine may have begun at the end.</summary>
    private static string[] Parts(string folder)
    {
        var parts = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToArray();
        foreach (var empty in parts.Skip(1).Where(p => new FileInfo(p).Length == 0)) File.Delete(empty);
        return [.. parts.Where(File.Exists)];
    }

    /// <summary>True for a form in which all data sets are in one file, which is made of Parquet files at the end.</summary>
    private static bool OneFile(ExportOrder order) => order.Form is ExportForm.Duckdb or ExportForm.Xlsx;

    private static Problem TooLarge(string id, long rows) => new(
        ProblemKind.Incorrect, "export.too-large", $"{id} has {rows} rows, and a sheet holds {WorkbookFile.MostRows}: take fewer (a period, organisations), or CSV or Parquet.", new(id));

    private Result<ExportManifest> Finish(Scope scope, ExportOrder order, string folder, ExportFiles kept, ExportProgress progress)
    {
        var files = progress.Files;
        if (OneFile(order))
        {
            var tables = progress.Files.Select(f => (f.DataSet, Path.Combine(folder, f.Name))).ToList();
            var file = Path.Combine(folder, order.Form == ExportForm.Xlsx ? WorkbookName : DatabaseName);
            if (order.Form == ExportForm.Xlsx) WorkbookFile.Write(file, tables);
            else DatabaseFile.Write(file, tables);
            files = [kept.Keep(file, "")];
        }

        var manifest = new ExportManifest(registry.Fingerprint, scope.Who, time.GetUtcNow(), order, progress.Mark, progress.Done, files);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest, s_json);
        if (signature is not null) Durability.Write(Path.Combine(folder, ManifestSignature.FileName), signature.Sign(bytes));
        Durability.Write(Path.Combine(folder, ExportManifest.FileName), bytes);
        if (OneFile(order))
        {
            foreach (var file in progress.Files) File.Delete(Path.Combine(folder, file.Name));
        }

        File.Delete(Path.Combine(folder, ExportProgress.FileName));
        return manifest;
    }

    private static string HashOf(ExportOrder order) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(order, s_json)));

    private static void Write<T>(string folder, string name, T content) => Durability.Write(Path.Combine(folder, name), JsonSerializer.SerializeToUtf8Bytes(content, s_json));
}
