using System.CommandLine;
using System.Diagnostics;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Exports;
using Yunnao.Services.Fhir;
using Yunnao.Standards.Compile;
using Yunnao.Trust;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench export</c>: a data set to Parquet by a whole export (audit, hashes, manifest), beside the engine's own COPY of the same columns
/// of the same table, opened alone after it. The engine's own lacks what a whole export has more: the Scope, the hash of the file, the audit.
/// </summary>
internal static class ExportBench
{
    private const string DataSet = "lab.result";
    private const int Turns = 3, Reads = 300;

    /// <summary>Parquet has no 128 bits, and the engine's cast of them to text takes longer than all the rest: two numbers are the least that keeps the key.</summary>
    private const string KeyInTwo = $"({SystemColumns.Record} >> 64)::UBIGINT AS key_high, ({SystemColumns.Record} & 18446744073709551615)::UBIGINT AS key_low";

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 2_000_000, text["bench.export.rows"], 1000);
        var command = new Command("export", text["bench.export"]) { rows, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("export", parsed);
            var (n, data) = (parsed.GetValue(rows), folder.Fresh("data"));
            if (!Platform.Open(RegistryFolder.Of(parsed, terminal), data, parsed.GetValue(options.Memory)).Try(out var platform, out var problem)) return terminal.Fail(problem);
            var (ours, cpu, fhir, aloneMs, besideMs) = (double.MaxValue, 0.0, (Seconds: double.MaxValue, Cpu: 0.0), 0.0, 0.0);
            var shape = platform.Shapes.Single(s => s.DataSet.Id == DataSet);
            using (platform)
            {
                ScopeBench.Fill(platform, n);
                var opened = await TrustRoom.OpenAsync(new() { Folder = data, SealMinutes = 0 }, platform.Registry, platform.Lake, cancellation: cancellation).ConfigureAwait(false);
                if (!opened.Try(out var room, out problem)) return terminal.Fail(problem);
                await using (room.ConfigureAwait(false))
                {
                    var book = new ResourceBook(platform.Registry, platform.Shapes, TimeProvider.System);
                    var run = new ExportRun(room.Lake!, platform.Registry, platform.Shapes, TimeProvider.System, resources: new(room.Lake!, book, new(platform.Lake), TimeProvider.System));
                    var scope = LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "bench");
                    for (var turn = 0; turn < Turns; turn++)
                    {
                        var (start, before) = (Stopwatch.GetTimestamp(), Cpu());
                        if (!(await run.RunAsync(scope, new([DataSet], "bench"), folder.File($"ours-{turn}"), (_, _) => { }, cancellation).ConfigureAwait(false)).Try(out var manifest, out problem)) return terminal.Fail(problem);
                        if (manifest.DataSets[0].Rows != n) return terminal.Fail(new(ProblemKind.Fault, "bench.empty", $"{manifest.DataSets[0].Rows} rows of {n} were exported."));
                        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                        if (seconds < ours) (ours, cpu) = (seconds, Cpu() - before);

                        // The same rows as resources of FHIR, line by line.
                        (start, before) = (Stopwatch.GetTimestamp(), Cpu());
                        var order = new ExportOrder([DataSet], "bench") { Form = ExportForm.Ndjson, Fhir = new(["Observation"]) };
                        if (!(await run.RunAsync(scope, order, folder.File($"fhir-{turn}"), (_, _) => { }, cancellation).ConfigureAwait(false)).Try(out var lines, out problem)) return terminal.Fail(problem);
                        if (lines.DataSets[0].Rows != n) return terminal.Fail(new(ProblemKind.Fault, "bench.empty", $"{lines.DataSets[0].Rows} resources of {n} were exported."));
                        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                        if (seconds < fhir.Seconds) fhir = (seconds, Cpu() - before);
                        if (turn < Turns - 1) Directory.Delete(folder.File($"fhir-{turn}"), recursive: true);
                    }

                    // Interactive reads alone, and while exports are made one after the other.
                    aloneMs = await ReadAsync(room.Lake!, scope, n, null, cancellation).ConfigureAwait(false);
                    using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                    var beside = Task.Run(
                        async () =>
                        {
                            for (var turn = 0; !enough.IsCancellationRequested; turn++) await run.RunAsync(scope, new([DataSet], "bench"), folder.Fresh($"beside-{turn % 2}"), (_, _) => { }, CancellationToken.None).ConfigureAwait(false);
                        },
                        CancellationToken.None);
                    besideMs = await ReadAsync(room.Lake!, scope, n, beside, cancellation).ConfigureAwait(false);
                    await enough.CancelAsync().ConfigureAwait(false);
                    await beside.ConfigureAwait(false);
                }
            }

            terminal.Print(new BenchLine("export-fhir", "resources/s") { Ours = n / fhir.Seconds, Rows = n, RivalName = "none: no server that exports resources is to be had here" }.With("cpu_s", fhir.Cpu).With("resources_per_cpu_s", n / fhir.Cpu).With("bytes", new FileInfo(folder.File($"fhir-{Turns - 1}/Observation.{DataSet}.ndjson")).Length).ToString());
            var (theirs, rivalCpu) = (double.MaxValue, 0.0);
            for (var turn = 0; turn < Turns; turn++)
            {
                var (start, before) = (Stopwatch.GetTimestamp(), Cpu());
                Copy(Path.Combine(data, "lake.duckdb"), shape, folder.File($"rival-{turn}.parquet"));
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (seconds < theirs) (theirs, rivalCpu) = (seconds, Cpu() - before);
            }

            terminal.Print(new BenchLine("export", "rows/s")
            {
                Ours = n / ours, Rival = n / theirs, Ratio = theirs / ours, Rows = n, RivalName = "DuckDB COPY of the same columns to Parquet (zstd), the record key as two numbers, the best of three turns each",
            }
                .With("cpu_s", cpu).With("rival_cpu_s", rivalCpu).With("read_ms", aloneMs).With("read_beside_ms", besideMs).With("read_slower", besideMs / aloneMs).With("rival_bytes", new FileInfo(folder.File("rival-0.parquet")).Length).With("bytes", new DirectoryInfo(folder.File("ours-0")).EnumerateFiles("*.parquet").Sum(f => f.Length)).ToString());
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Median time of a page of one person's rows.</summary>
    /// <param name="during">Goes on meanwhile; null for nothing.</param>
    private static async Task<double> ReadAsync(AuditedLake lake, Scope scope, long rows, Task? during, CancellationToken cancellation)
    {
        var times = new List<double>();
        for (var i = 0; i < Reads && during?.IsCompleted != true; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var page = new Query(DataSet) { Where = new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject((ulong)(i * 7919 % Math.Max(1, rows / 20)))) };
            var answer = (await lake.RunAsync(scope, page, cancellation).ConfigureAwait(false)).Value;
            await using (answer.ConfigureAwait(false))
            {
                await foreach (var batch in answer.Batches.ConfigureAwait(false)) batch.Dispose();
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times.Count == 0 ? 0 : times[times.Count / 2];
    }

    private static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static void Copy(string lake, TableShape shape, string file)
    {
        var columns = shape.Columns.Where(c => c.Name is not (SystemColumns.Batch or SystemColumns.Rejected) && !c.Name.StartsWith(SystemColumns.Checks, StringComparison.Ordinal))
            .Select(c => c.Name == SystemColumns.Record ? KeyInTwo : SqlNames.Quote(c.Name));
        using var connection = new DuckDBConnection($"DataSource={lake};memory_limit=1200MB");
        connection.Open();
        connection.Execute($"COPY (SELECT {string.Join(", ", columns)} FROM {SqlNames.Table(shape)}) TO {SqlNames.Literal(file)} (FORMAT parquet, COMPRESSION zstd)");
    }
}
