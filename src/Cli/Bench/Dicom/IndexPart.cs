using System.Diagnostics;
using Yunnao.Formats.Dicom;
using Yunnao.Kernel;
using Yunnao.Services.Imaging;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>Searches over an index of very many generated instances, which have no files. In a folder that is kept, an index in SQLite is used again the next time.</summary>
internal static class IndexPart
{
    /// <param name="postgres">True keeps the index in a PostgreSQL of its own.</param>
    public static async Task<int> RunAsync(BenchFolder folder, int count, bool postgres, Terminal terminal, CancellationToken cancellation)
    {
        if (!postgres) return await RunAsync(folder, count, null, terminal, cancellation).ConfigureAwait(false);
        if (!(await LocalPostgres.StartAsync(folder.Path, cancellation).ConfigureAwait(false)).Try(out var database, out var problem)) return terminal.Fail(problem);
        using (database) return await RunAsync(folder, count, database.Connection, terminal, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(BenchFolder folder, int count, string? connection, Terminal terminal, CancellationToken cancellation)
    {
        var data = folder.File(connection is null ? $"index-{count}" : "index-postgres");
        if (connection is not null && Directory.Exists(data)) Directory.Delete(data, recursive: true);
        var (isThere, clock) = (Directory.Exists(data), Stopwatch.StartNew());
        if (isThere) terminal.Error.WriteLine(terminal.Text.Format("bench.lookup.reused", data));
        else if (!(await FillAsync(folder.Fresh("index-unfinished"), count, connection, terminal, cancellation).ConfigureAwait(false)).Try(out var filling, out var problem)) return terminal.Fail(problem);
        else Directory.Move(filling, data);
        double? filled = isThere ? null : count / clock.Elapsed.TotalSeconds;
        var server = await BenchServer.OursAsync(data, connection, cancellation).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var http = new HttpClient();
            var studies = Math.Max(1, count / BenchImages.Slices);
            const string Json = "application/dicom+json";
            (string Name, Func<int, string> Url)[] searches =
            [
                ("patient_id", i => $"/studies?PatientID=PID{i * 7919 % studies:00000000}"),
                ("name", _ => "/studies?PatientName=Zhang*&limit=101"),
                ("fuzzy_name", _ => "/studies?PatientName=zhang%20san&fuzzymatching=true&limit=101"),
                ("day", i => $"/studies?StudyDate={new DateOnly(2015, 1, 1).AddDays(i % Math.Min(studies, 4000)):yyyyMMdd}&limit=101"),
                ("newest_of_modality", _ => "/studies?ModalitiesInStudy=CT&limit=101&includefield=00081030"),
                ("instances_of_series", i => $"/studies/{BenchImages.Study(i * 7919 % studies)}/series/{BenchImages.Series(i * 7919 % studies)}/instances"),
                ("metadata_of_series", i => $"/studies/{BenchImages.Study(i * 7919 % studies)}/series/{BenchImages.Series(i * 7919 % studies)}/metadata"),
            ];
            var line = new Dictionary<string, (double P50, double P99)>(StringComparer.Ordinal);
            foreach (var (name, url) in searches) line[name] = await WebPart.TimeAsync(http, i => server.Web + url(i), Json, cancellation).ConfigureAwait(false);
            var output = new BenchLine("dicom index", "ms p99, the slowest search") { Ours = line.Take(5).Max(l => l.Value.P99), RivalName = "none: no rival takes an index without files", Rows = count, PeakMb = server.PeakMb };
            foreach (var (name, (p50, p99)) in line) output.With(name + "_p50", p50).With(name + "_p99", p99);
            output.With("fill_per_s", filled).With("database", connection is null ? "SQLite" : "PostgreSQL");
            if (connection is null) output.With("bytes_per_instance", Directory.EnumerateFiles(Path.Combine(data, "imaging"), "index.db*").Sum(f => new FileInfo(f).Length) / (double)count);
            terminal.Print(output.ToString());
            return ExitCodes.Ok;
        }
    }

    private static async Task<Result<string>> FillAsync(string data, int count, string? connection, Terminal terminal, CancellationToken cancellation)
    {
        if (!(await ImageArchive.OpenAsync(new() { Folder = data, PostgreSql = connection }, TimeProvider.System, cancellation).ConfigureAwait(false)).Try(out var archive, out var problem)) return problem;
        await using (archive.ConfigureAwait(false))
        {
            using var status = new StatusLine(terminal);
            await GeneratedIndex.FillAsync(archive, count, i => DicomWriter.FileOf(BenchImages.Set(i).Build(), TransferSyntax.ExplicitLittle), done => status.Show(terminal.Text.Format("imaging.progress", done)), cancellation).ConfigureAwait(false);
        }

        return data;
    }
}
