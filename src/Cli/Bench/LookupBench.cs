using System.CommandLine;
using System.Diagnostics;
using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench lookup</c>: all rows of one subject in a large data set, by the query tree under a Scope, after optimize.</summary>
internal static class LookupBench
{
    private const int WarmUp = 20;
    private const int ChoiceSeed = 1;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 10_000_000, text["bench.lookup.rows"]);
        var queries = BenchOptions.Number("--queries", 1000, text["bench.lookup.queries"]);
        var command = new Command("lookup", text["bench.lookup"]) { rows, queries, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("lookup", parsed);
            var (n, q) = (parsed.GetValue(rows), (int)parsed.GetValue(queries));
            return await RunAsync(parsed, folder, n, q, parsed.GetValue(options.Memory), terminal, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, BenchFolder folder, long rows, int queries, int memory, Terminal terminal, CancellationToken cancellation)
    {
        var standards = RegistryFolder.Of(parsed, terminal);
        var data = folder.File($"data-{rows}");
        if (Directory.Exists(data)) terminal.Error.WriteLine(terminal.Text.Format("bench.lookup.reused", data));
        else if (await LoadAsync(parsed, folder, standards, rows, memory, terminal, cancellation).ConfigureAwait(false) is { } failed) return terminal.Fail(failed);

        PeakMemory.Forget();
        if (!Platform.Open(standards, data, memory).Try(out var platform, out var problem)) return terminal.Fail(problem);
        using (platform)
        {
            var clock = Stopwatch.StartNew();
            if (!(await platform.Lake.OptimizeAsync(cancellation).ConfigureAwait(false)).Try(out _, out problem)) return terminal.Fail(problem);
            var (optimizeSeconds, optimizePeak) = (clock.Elapsed.TotalSeconds, PeakMemory.Mb);
            terminal.Error.WriteLine(terminal.Text.Format("bench.lookup.optimized", optimizeSeconds, optimizePeak));
            var scope = LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "bench lookup");
            var chosen = await ChooseAsync(platform, scope, queries + WarmUp, cancellation).ConfigureAwait(false);
            if (!chosen.Try(out var subjects, out problem)) return terminal.Fail(problem);

            PeakMemory.Forget();
            var times = new List<double>();
            long found = 0;
            for (var i = 0; i < subjects.Count; i++)
            {
                clock.Restart();
                var one = await RowsOfAsync(platform, scope, subjects[i], cancellation).ConfigureAwait(false);
                var milliseconds = clock.Elapsed.TotalMilliseconds;
                if (!one.Try(out var count, out problem)) return terminal.Fail(problem);
                if (i < Math.Min(WarmUp, subjects.Count / 2)) continue;
                times.Add(milliseconds);
                found += count;
            }

            times.Sort();
            var stats = (await platform.Lake.StatsAsync(cancellation).ConfigureAwait(false)).Single(s => s.DataSet == IngestCsvBench.DataSet);
            terminal.Print(new BenchLine("lookup", "ms, p99")
            {
                Ours = Part(times, 0.99), RivalName = "none: no database server is started in this run", Rows = stats.Rows, PeakMb = PeakMemory.Mb,
            }
                .With("p50_ms", Part(times, 0.5)).With("p99_ms", Part(times, 0.99)).With("max_ms", times[^1]).With("queries", times.Count)
                .With("rows_per_query", (double)found / times.Count).With("optimize_s", optimizeSeconds).With("optimize_peak_mb", optimizePeak)
                .With("bytes_per_row", stats.BytesPerRow).ToString());
            return ExitCodes.Ok;
        }
    }

    private static async Task<Problem?> LoadAsync(
        ParseResult parsed, BenchFolder folder, string standards, long rows, int memory, Terminal terminal, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var file = folder.File($"{IngestCsvBench.DataSet}.csv");
        var dirty = IngestCsvBench.WriteFile(registry, file, rows, terminal);
        var loading = folder.Fresh("loading");
        var run = await IngestRun.RunAsync(standards, loading, file, IngestCsvBench.Source, memory, terminal, cancellation).ConfigureAwait(false);
        File.Delete(file);
        if (!run.Try(out var load, out problem)) return problem;
        terminal.Error.WriteLine(terminal.Text.Format("bench.ours", 1, load.Seconds, rows / load.Seconds, load.PeakMb));
        if (load.Compare(dirty) is { } wrong) return wrong;

        // Under its own name only when it is whole.
        Directory.Move(loading, folder.File($"data-{rows}"));
        return null;
    }

    /// <summary>So many subjects of the data set at random, by reservoir sampling.</summary>
    private static async Task<Result<List<ulong>>> ChooseAsync(Platform platform, Scope scope, int count, CancellationToken cancellation)
    {
        var query = new Query(IngestCsvBench.DataSet) { Outputs = [new(SystemColumns.Subject), new(null, Aggregate.Count)] };
        if (!(await platform.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        var (chosen, seen, random) = (new List<ulong>(count), 0L, new Random(ChoiceSeed));
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    var subjects = ((UInt64Array)batch.Column(0)).Values;
                    for (var i = 0; i < subjects.Length; i++)
                    {
                        if (chosen.Count < count) chosen.Add(subjects[i]);
                        else if (random.NextInt64(++seen + count) is var place && place < count) chosen[(int)place] = subjects[i];
                    }
                }
            }
        }

        return chosen.Count > 0 ? chosen : new Problem(ProblemKind.NotFound, "bench.empty", "There is no subject in the data set.");
    }

    /// <summary>All rows of one subject with all columns, read to the end.</summary>
    private static async Task<Result<long>> RowsOfAsync(Platform platform, Scope scope, ulong subject, CancellationToken cancellation)
    {
        var query = new Query(IngestCsvBench.DataSet) { Where = new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject(subject)) };
        if (!(await platform.Lake.RunAsync(scope, query, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        long count = 0;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.WithCancellation(cancellation).ConfigureAwait(false))
            {
                using (batch) count += batch.Length;
            }
        }

        return count;
    }

    /// <summary>The smallest value that this part of all does not exceed.</summary>
    private static double Part(List<double> sorted, double part) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * part) - 1)];
}
