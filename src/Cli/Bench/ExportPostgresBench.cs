using System.CommandLine;
using System.Diagnostics;
using Npgsql;
using Yunnao.Kernel;
using Yunnao.Services.Exports.Targets;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Feeds;
using Yunnao.Trust;
using Yunnao.Trust.Keys;
using Yunnao.Trust.Rights;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench export-postgres</c>: a data set into a PostgreSQL by a whole export (Scope, audit, table, key, index, mark), beside a bare binary
/// COPY of the same rows, ready as bytes in a file, into a table that gets the same key and index.
/// </summary>
internal static class ExportPostgresBench
{
    private const string DataSet = "lab.result";
    private const string Target = "bench";
    private const int BlockBytes = 1 << 20;
    private const int Turns = 3;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 1_000_000, text["bench.export.rows"], 1000);
        var command = new Command("export-postgres", text["bench.export-postgres"]) { rows, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("export-postgres", parsed);
            var (n, data) = (parsed.GetValue(rows), folder.Fresh("data"));
            if (!Platform.Open(RegistryFolder.Of(parsed, terminal), data, parsed.GetValue(options.Memory)).Try(out var platform, out var problem)) return terminal.Fail(problem);
            using (platform)
            {
                if (!(await LocalPostgres.StartAsync(folder.Path, cancellation).ConfigureAwait(false)).Try(out var server, out problem)) return terminal.Fail(problem);
                using (server)
                {
                    ScopeBench.Fill(platform, n);
                    Describe(data, server.Connection);
                    var opened = await TrustRoom.OpenAsync(new() { Folder = data, SealMinutes = 0 }, platform.Registry, platform.Lake, cancellation: cancellation).ConfigureAwait(false);
                    if (!opened.Try(out var room, out problem)) return terminal.Fail(problem);
                    await using (room.ConfigureAwait(false)) return await RunAsync(terminal, platform, room, server, folder, n, cancellation).ConfigureAwait(false);
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, Platform platform, TrustRoom room, LocalPostgres server, BenchFolder folder, long n, CancellationToken cancellation)
    {
        var run = new TargetRun(room.Lake!, platform.Registry, platform.Shapes, new TargetBook(folder.File("data"), new FileSeal(room.Keys)), TimeProvider.System);
        var scope = LocalAdministrator.ScopeOver(platform.Registry.DataSets.Values, Target);
        var connection = new NpgsqlConnection(server.Connection);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            var (ours, theirs, copied, cpu, ready) = (double.MaxValue, double.MaxValue, double.MaxValue, 0.0, folder.File("rows.bin"));
            for (var turn = 0; turn < Turns; turn++)
            {
                await ExecuteAsync(connection, "DROP TABLE IF EXISTS lab_result, yunnao_export", cancellation).ConfigureAwait(false);
                var (start, before) = (Stopwatch.GetTimestamp(), Cpu());
                if (!(await run.RunAsync(scope, new([DataSet], Target) { Target = Target }, (_, _) => { }, cancellation).ConfigureAwait(false)).Try(out var manifest, out var problem)) return terminal.Fail(problem);
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (manifest.DataSets[0].Rows != n) return terminal.Fail(new(ProblemKind.Fault, "bench.empty", $"{manifest.DataSets[0].Rows} rows of {n} were exported."));
                if (seconds < ours) (ours, cpu) = (seconds, Cpu() - before);

                if (turn == 0) await KeepAsync(connection, ready, cancellation).ConfigureAwait(false);
                var (copy, all) = await CopyAsync(connection, ready, cancellation).ConfigureAwait(false);
                (copied, theirs) = (Math.Min(copied, copy), Math.Min(theirs, all));
            }

            terminal.Print(new BenchLine("export-postgres", "rows/s")
            {
                Ours = n / ours, Rival = n / theirs, Ratio = theirs / ours, Rows = n,
                RivalName = "binary COPY of the same rows, ready as bytes in a file, by Npgsql into a new table of the same columns, then the same primary key and index with the same memory; the best of three turns each, in turns",
            }
                .With("rival_copy_alone", n / copied).With("ratio_to_copy_alone", copied / ours).With("cpu_s", cpu).With("bytes", new FileInfo(ready).Length).ToString());
            return ExitCodes.Ok;
        }
    }

    private static void Describe(string data, string connection)
    {
        var folder = Directory.CreateDirectory(Path.Combine(data, TargetReader.Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, Target + ".yaml"), $"name: {{ zh: 基准, en: Benchmark }}\nkind: postgres\nconnection: \"{connection}\"\n");
    }

    private static async Task KeepAsync(NpgsqlConnection connection, string file, CancellationToken cancellation)
    {
        var rows = await connection.BeginRawBinaryCopyAsync("COPY lab_result TO STDOUT (FORMAT BINARY)", cancellation).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            var output = File.Create(file);
            await using (output.ConfigureAwait(false)) await rows.CopyToAsync(output, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Seconds of the copy alone, and with the key and the index.</summary>
    private static async Task<(double Copy, double All)> CopyAsync(NpgsqlConnection connection, string file, CancellationToken cancellation)
    {
        await ExecuteAsync(connection, "DROP TABLE IF EXISTS rival", cancellation).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        await ExecuteAsync(connection, "BEGIN; CREATE TABLE rival (LIKE lab_result)", cancellation).ConfigureAwait(false);
        var rows = await connection.BeginRawBinaryCopyAsync("COPY rival FROM STDIN (FORMAT BINARY, FREEZE)", cancellation).ConfigureAwait(false);
        await using (rows.ConfigureAwait(false))
        {
            var input = File.OpenRead(file);
            await using (input.ConfigureAwait(false)) await input.CopyToAsync(rows, BlockBytes, cancellation).ConfigureAwait(false);
        }

        var copy = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await ExecuteAsync(connection, $"SET LOCAL maintenance_work_mem = '256MB'; ALTER TABLE rival ADD PRIMARY KEY ({SystemColumns.Record}); CREATE INDEX ON rival ({SystemColumns.Subject}); COMMIT", cancellation).ConfigureAwait(false);
        return (copy, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
