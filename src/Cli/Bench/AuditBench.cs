using System.CommandLine;
using System.Data.Common;
using System.Diagnostics;
using Yunnao.Trust;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Control;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench audit</c>: events that are appended a second, each caller waiting until its event is on the disk; the rival is one durable
/// transaction an event on the same database. With <c>--acknowledge</c> it prints the number of each event as soon as it is on the disk, for a
/// test that kills the program.
/// </summary>
internal static class AuditBench
{
    private const int RivalEvents = 300;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var events = BenchOptions.Number("--events", 100_000, text["bench.audit.events"]);
        var waiting = BenchOptions.Number("--waiting", 2000, text["bench.audit.waiting"]);
        var acknowledge = new Option<bool>("--acknowledge") { Description = text["bench.audit.acknowledge"] };
        var command = new Command("audit", text["bench.audit"]) { events, waiting, acknowledge, options.Dir, options.Keep };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            using var folder = options.Folder("audit", parsed);
            var trust = new TrustOptions { Folder = folder.Fresh("data"), PostgreSql = terminal.ControlDatabase, SealMinutes = 0 };
            if (!(await TrustRoom.OpenAsync(trust, registry, null, cancellation: cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return terminal.Fail(problem);
            await using (room.ConfigureAwait(false))
            {
                var count = (int)parsed.GetValue(events);
                var before = Environment.CpuUsage.TotalTime;
                var perSecond = await AppendAsync(room.Audit, count, (int)parsed.GetValue(waiting), parsed.GetValue(acknowledge) ? i => terminal.Print($"{{\"event\":{i}}}") : null, cancellation).ConfigureAwait(false);
                var processor = Environment.CpuUsage.TotalTime - before;
                var proof = await room.Reader.VerifyAsync(null, cancellation).ConfigureAwait(false);
                if (!proof.Whole) return terminal.Fail(proof.Problems[0]);
                var alone = await AloneAsync(room.Control, cancellation).ConfigureAwait(false);
                terminal.Print(new BenchLine("audit", "events/s")
                {
                    Ours = perSecond, Rival = alone, Ratio = perSecond / alone, RivalName = "one durable transaction an event, without a chain", Rows = count,
                }.With("processor_us", processor.TotalMicroseconds / count).With("waiting", parsed.GetValue(waiting)).With("database", trust.PostgreSql is null ? "SQLite" : "PostgreSQL").ToString());
                return ExitCodes.Ok;
            }
        });
        return command;
    }

    /// <summary>Events a second of so many callers at once.</summary>
    public static async Task<double> AppendAsync(AuditLog audit, int events, int waiting, Action<int>? acknowledged, CancellationToken cancellation)
    {
        var (clock, next) = (Stopwatch.StartNew(), -1);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(waiting, events)).Select(_ => CallerAsync())).ConfigureAwait(false);
        return events / clock.Elapsed.TotalSeconds;

        async Task CallerAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < events; i = Interlocked.Increment(ref next))
            {
                await audit.AppendAsync(new(AuditKind.Export, LocalAdministrator.Name) { Purpose = "care", What = "lab.result", Subject = (ulong)i, Rows = 1 }, cancellation).ConfigureAwait(false);
                acknowledged?.Invoke(i);
            }
        }
    }

    private static async Task<double> AloneAsync(ControlDb control, CancellationToken cancellation)
    {
        DbConnection connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS bench_event (number BIGINT NOT NULL PRIMARY KEY, who TEXT NOT NULL)", cancellation).ConfigureAwait(false);
            var clock = Stopwatch.StartNew();
            for (var i = 0L; i < RivalEvents; i++)
                await connection.ExecuteAsync("INSERT INTO bench_event (number, who) VALUES (@number, @who)", cancellation, ("number", i), ("who", LocalAdministrator.Name)).ConfigureAwait(false);
            var perSecond = RivalEvents / clock.Elapsed.TotalSeconds;
            await connection.ExecuteAsync("DROP TABLE bench_event", cancellation).ConfigureAwait(false);
            return perSecond;
        }
    }
}
