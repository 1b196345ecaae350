using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;
using Yunnao.Trust;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Consents;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench scope</c>: what a Scope of the policies and the audit cost: an aggregate and a point read, the same query trees under the local
/// administrator's Scope without audit beside them, in turns; and how many audit events are written in a second.
/// </summary>
internal static class ScopeBench
{
    private const string DataSet = "lab.result";
    private const int RowsOfSubject = 20;
    private const int Turns = 41;
    private const int PointReads = 300;
    private const int Waiting = 2000;
    private const int Flushes = 100;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 5_000_000, text["bench.scope.rows"]);
        var events = BenchOptions.Number("--events", 100_000, text["bench.scope.events"]);
        var command = new Command("scope", text["bench.scope"]) { rows, events, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("scope", parsed);
            var data = folder.Fresh("data");
            if (!Platform.Open(RegistryFolder.Of(parsed, terminal), data, parsed.GetValue(options.Memory)).Try(out var platform, out var problem)) return terminal.Fail(problem);
            using (platform)
            {
                Fill(platform, parsed.GetValue(rows));
                if (!(await platform.Lake.OptimizeAsync(cancellation).ConfigureAwait(false)).Try(out _, out problem)) return terminal.Fail(problem);
                var opened = await TrustRoom.OpenAsync(new() { Folder = data, SealMinutes = 0 }, platform.Registry, platform.Lake, cancellation: cancellation).ConfigureAwait(false);
                if (!opened.Try(out var room, out problem)) return terminal.Fail(problem);
                await using (room.ConfigureAwait(false))
                {
                    return await RunAsync(data, platform, room, parsed.GetValue(rows), (int)parsed.GetValue(events), terminal, cancellation).ConfigureAwait(false);
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(string data, Platform platform, TrustRoom room, long rows, int events, Terminal terminal, CancellationToken cancellation)
    {
        var bare = LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, "bench scope");
        var aggregate = new Query(DataSet) { Outputs = [new("item_code"), new(null, Aggregate.Count), new("result_value", Aggregate.Average)] };
        var epidemiologist = new Caller("bench", CallerKind.Account, new HashSet<string> { "epidemiologist" }, ["O1"]);
        var (bareMs, scopedMs) = await InTurnsAsync(
            Turns, () => ReadAsync(platform.Lake.RunAsync(bare, aggregate, cancellation)),
            async () => await ReadAsync(room.Lake!.RunAsync((await MakeAsync(epidemiologist, "public_health", null).ConfigureAwait(false)).Value, aggregate, cancellation)).ConfigureAwait(false))
            .ConfigureAwait(false);
        terminal.Error.WriteLine(terminal.Text.Format("bench.scope.aggregate", bareMs, scopedMs));

        var subjects = Math.Max(1, rows / RowsOfSubject);
        await room.Consents.RecordManyAsync(
            [.. Enumerable.Range(0, (int)Math.Min(subjects, 200_000)).Select(s => new ConsentChange((ulong)s, "research", ConsentDecision.Given, "bench"))], "bench", cancellation).ConfigureAwait(false);
        var researcher = new Caller("bench", CallerKind.Account, new HashSet<string> { "researcher" }, ["O1"]);
        await MakeAsync(researcher, "research", null).ConfigureAwait(false);
        var count = new Query(DataSet) { Outputs = [new("item_code"), new(null, Aggregate.Count)] };
        var (_, consentMs) = await InTurnsAsync(
            Turns, () => ReadAsync(platform.Lake.RunAsync(bare, count, cancellation)),
            async () => await ReadAsync(room.Lake!.RunAsync((await MakeAsync(researcher, "research", null).ConfigureAwait(false)).Value, count, cancellation)).ConfigureAwait(false)).ConfigureAwait(false);

        var doctor = new Caller("bench", CallerKind.Account, new HashSet<string> { "doctor" }, ["O1"]);
        var next = 0UL;
        var (barePointMs, pointMs) = await InTurnsAsync(
            PointReads, () => ReadAsync(platform.Lake.RunAsync(bare, PageOf(++next), cancellation)),
            async () => await ReadAsync(room.Lake!.RunAsync((await MakeAsync(doctor, "care", next).ConfigureAwait(false)).Value, PageOf(next), cancellation)).ConfigureAwait(false)).ConfigureAwait(false);

        // What no audit can save: one read alone waits until its event is on the disk.
        var flushMs = FlushMs(data);
        var eventsPerSecond = await AuditBench.AppendAsync(room.Audit, events, Waiting, null, cancellation).ConfigureAwait(false);
        var proof = await room.Reader.VerifyAsync(null, cancellation).ConfigureAwait(false);
        if (!proof.Whole) return terminal.Fail(proof.Problems[0]);
        terminal.Print(new BenchLine("scope", "ms, median of an aggregate")
        {
            Ours = scopedMs, Rival = bareMs, Ratio = bareMs / scopedMs, RivalName = "the same query tree under the local administrator's Scope, without audit", Rows = rows,
        }
            .With("cost_percent", ((scopedMs / bareMs) - 1) * 100).With("consent_join_ms", consentMs).With("point_ms", pointMs).With("point_bare_ms", barePointMs)
            .With("point_cost_ms", pointMs - barePointMs).With("disk_flush_ms", flushMs).With("audit_events_per_s", eventsPerSecond).ToString());
        return ExitCodes.Ok;

        Task<Result<Scope>> MakeAsync(Caller caller, string purpose, ulong? subject) =>
            room.Scopes.MakeAsync(new(caller, new(purpose), [DataSet]) { Subject = subject }, cancellation);
    }

    private static Query PageOf(ulong subject) => new(DataSet) { Where = new Filter.Compare(SystemColumns.Subject, Comparison.Equal, Value.Subject(subject)) };

    /// <summary>Median time in which this disk keeps four kilobytes that are appended to a file.</summary>
    private static double FlushMs(string folder)
    {
        var (times, path, bytes) = (new List<double>(), Path.Combine(folder, "flush.bench"), new byte[4096]);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        for (var i = 0; i < Flushes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)i * bytes.Length);
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[Flushes / 2];
    }

    /// <summary>Medians of two jobs that run in turns, so that both meet the same machine.</summary>
    private static async Task<(double One, double Other)> InTurnsAsync(int turns, Func<Task> one, Func<Task> other)
    {
        var (ones, others, clock) = (new List<double>(), new List<double>(), new Stopwatch());
        for (var turn = -1; turn < turns; turn++)
        {
            foreach (var (job, times) in new[] { (one, ones), (other, others) })
            {
                clock.Restart();
                await job().ConfigureAwait(false);
                if (turn >= 0) times.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        ones.Sort();
        others.Sort();
        return (ones[ones.Count / 2], others[others.Count / 2]);
    }

    private static async Task ReadAsync(Task<Result<RowStream>> answering)
    {
        var rows = (await answering.ConfigureAwait(false)).Value;
        await using (rows.ConfigureAwait(false))
        {
            await foreach (var batch in rows.Batches.ConfigureAwait(false)) batch.Dispose();
        }
    }

    /// <summary>Rows of 50 organisations and of so many subjects with 20 rows each, written as one batch.</summary>
    internal static void Fill(Platform platform, long rows)
    {
        var shape = platform.Shapes.Single(s => s.DataSet.Id == DataSet);
        using var batch = platform.Lake.Begin(new BatchHeader(null, "bench", "bench", platform.Registry.Fingerprint, 0)).Value;
        var values = shape.Columns.Select(c => c.Name switch
        {
            SystemColumns.Record => "md5_number('bench' || i)",
            SystemColumns.Subject => $"(i // {RowsOfSubject})::UBIGINT",
            SystemColumns.Org => "'O' || (i % 50)",
            SystemColumns.Time => "TIMESTAMP '2024-01-01' + to_minutes((i % 500000)::BIGINT)",
            SystemColumns.Batch => batch.Number.ToString(CultureInfo.InvariantCulture),
            SystemColumns.Version => "1",
            "item_code" => "'C' || (i % 200)",
            "result_value" => "(i % 1000) / 10.0",
            _ when c.Name.StartsWith(SystemColumns.Checks, StringComparison.Ordinal) => "0::UBIGINT",
            _ => $"NULL::{c.SqlType}",
        });
        batch.Append(shape, shape.Columns, string.Create(CultureInfo.InvariantCulture, $"SELECT {string.Join(", ", values)} FROM range({rows}) t(i)"));
        batch.Settle(shape);
        batch.Commit();
    }
}
