using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime;
using System.Text;
using DuckDB.NET.Data;
using Npgsql;
using Yunnao.Kernel;
using Yunnao.Server;
using Yunnao.Server.Accounts;

namespace Yunnao.Cli.Bench;

/// <summary>
/// <c>yunnao bench serve</c>: one person's page of a data set over HTTP with all that is on (token, rights, consent, pseudonyms, audit, limits),
/// by several clients at once; beside PostgreSQL with an index on the person, asked by Npgsql without any of that. Two measures say what limits it:
/// the engine alone, asked in this process for the same rows in clear, and the same request refused before the lake is asked.
/// </summary>
internal static class ServeBench
{
    private const string Client = "bench", DataSet = "lab.result";
    private const string EngineColumns = "_record, _subject, _org, _time, _version, report_no, item_no, item_code, item_name, result_value, result_text, unit, reference_low, reference_high, abnormal_flag";
    private const int Rows = 20;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(5), s_longestWarmUp = TimeSpan.FromSeconds(60);

    /// <summary>The part of the time that the runtime's compiler may take of a warm server.</summary>
    private const double Compiling = 0.02;

    private sealed record Measured(double PerSecond, double P50, double P99, double CpuMs, long Rows, double Compiling);

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", 1_000_000, text["bench.serve.rows"], 1000);
        var seconds = BenchOptions.Number("--seconds", 10, text["bench.serve.seconds"]);
        var clients = BenchOptions.Number("--clients", 8, text["bench.serve.clients"]);
        var command = new Command("serve", text["bench.serve"]) { rows, seconds, clients, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("serve", parsed);
            var (n, time, many) = (parsed.GetValue(rows), TimeSpan.FromSeconds(parsed.GetValue(seconds)), (int)parsed.GetValue(clients));
            var (standards, data) = (RegistryFolder.Of(parsed, terminal), folder.Fresh("data"));
            if (!Platform.Open(standards, data, parsed.GetValue(options.Memory)).Try(out var platform, out var problem)) return terminal.Fail(problem);
            using (platform)
            {
                ScopeBench.Fill(platform, n);
                if (!(await platform.Lake.OptimizeAsync(cancellation).ConfigureAwait(false)).Try(out _, out problem)) return terminal.Fail(problem);
            }

            var ours = await ServeAsync(parsed, standards, data, n, time, many, terminal, cancellation).ConfigureAwait(false);
            if (!ours.Try(out var both, out problem)) return terminal.Fail(problem);
            var (served, refused) = both;
            var engine = await EngineAsync(data, n, time, many, cancellation).ConfigureAwait(false);
            terminal.Error.WriteLine(text.Format("bench.serve.ours", served.PerSecond, served.P50, served.P99));
            if (!(await RivalAsync(folder.Path, n, time, many, cancellation).ConfigureAwait(false)).Try(out var rival, out problem)) return terminal.Fail(problem);
            terminal.Print(new BenchLine("serve", "requests/s")
            {
                Ours = served.PerSecond, Rival = rival.PerSecond, Ratio = served.PerSecond / rival.PerSecond, Rows = n,
                RivalName = "PostgreSQL, index on person and time, prepared, by Npgsql: the bare query, no HTTP, rights or audit",
            }
                .With("p50_ms", served.P50).With("p99_ms", served.P99).With("rival_p50_ms", rival.P50).With("rival_p99_ms", rival.P99).With("clients", many)
                .With("cpu_ms_per_request", served.CpuMs).With("rows_per_page", (double)served.Rows).With("compiling_part", served.Compiling)
                .With("engine_alone_per_s", engine.PerSecond).With("engine_alone_cpu_ms", engine.CpuMs).With("engine_alone_p99_ms", engine.P99)
                .With("no_lake_per_s", refused.PerSecond).With("no_lake_cpu_ms", refused.CpuMs).With("no_lake_p99_ms", refused.P99).ToString());
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>The same rows by DuckDB alone: a connection a client, the columns in clear, no rights, pseudonyms, audit or JSON; one thread a query, which is its best.</summary>
    private static async Task<Measured> EngineAsync(string data, long rows, TimeSpan time, int clients, CancellationToken cancellation)
    {
        var connections = Enumerable.Range(0, clients).Select(_ => new DuckDBConnection($"DataSource={Path.Combine(data, "lake.duckdb")};ACCESS_MODE=READ_ONLY;threads=1")).ToArray();
        try
        {
            var idle = new ConcurrentBag<DuckDBConnection>(connections);
            foreach (var connection in connections) await connection.OpenAsync(cancellation).ConfigureAwait(false);
            return await MeasureAsync(rows, time, clients, (subject, _) =>
            {
                if (!idle.TryTake(out var connection)) throw new InvalidOperationException("More clients than connections.");
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT {EngineColumns} FROM lab.result WHERE _subject = $1 AND _rejected IS NULL ORDER BY _time, _record LIMIT 100";
                command.Parameters.Add(new DuckDBParameter(subject));
                using var reader = command.ExecuteReader();
                var (found, values) = (0, new object[reader.FieldCount]);
                while (reader.Read()) found += reader.GetValues(values) > 0 ? 1 : 0;
                idle.Add(connection);
                return Task.FromResult(found);
            }, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var connection in connections) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<Result<(Measured Served, Measured Refused)>> ServeAsync(
        ParseResult parsed, string standards, string data, long rows, TimeSpan time, int clients, Terminal terminal, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return problem;
        var options = new ServerOptions { Folder = data, Standards = standards, Port = Demo.DemoServer.FreePort(8500) };
        options.Data.Limits = new() { RequestsPerMinute = int.MaxValue, RequestsPerDay = long.MaxValue, RowsPerDay = long.MaxValue };
        if (!(await AccountsRoom.OpenAsync(options, registry, cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return problem;
        string secret;
        await using (room.ConfigureAwait(false))
        {
            var made = await room.ApplicationsAsync(d => d.CreateAsync(new(Client, null, ["application"], ["O1"], []), "local:bench", cancellation)).ConfigureAwait(false);
            if (!made.Try(out var created, out problem)) return problem;
            secret = created.Secret!;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Result<(Measured, Measured)>>? measured = null;
        problem = await YunnaoServer.RunAsync(options, ready => measured = Task.Run(() => AskAsync(ready.Url, secret, rows, time, clients, stop), stop.Token), stop.Token).ConfigureAwait(false);
        return problem is null ? await measured!.ConfigureAwait(false) : problem;
    }

    private static async Task<Result<(Measured Served, Measured Refused)>> AskAsync(Uri url, string secret, long rows, TimeSpan time, int clients, CancellationTokenSource stop)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = url };
            http.DefaultRequestHeaders.Authorization = await BenchToken.GetAsync(http, Client, secret, stop.Token).ConfigureAwait(false);
            using var connections = new BareConnections(url, http.DefaultRequestHeaders);
            var served = await MeasureAsync(rows, time, clients, (subject, cancellation) => PageAsync(connections, $"\"subject\":\"{subject}\"", HttpStatusCode.OK, cancellation), stop.Token).ConfigureAwait(false);
            var refused = await MeasureAsync(rows, time, clients, (subject, cancellation) => PageAsync(connections, $"\"subject\":\"{subject}\",\"limit\":0", HttpStatusCode.BadRequest, cancellation), stop.Token).ConfigureAwait(false);
            return (served, refused);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static Task<int> PageAsync(BareConnections connections, string question, HttpStatusCode expected, CancellationToken cancellation) => connections.AskAsync(
        $"/api/v1/data/{DataSet}/search",
        $"{{\"purpose\":\"interface\",{question}}}",
        (status, answer) => status == (int)expected ? answer.Span.Count("\"_record\":"u8) : throw new InvalidOperationException(Encoding.UTF8.GetString(answer.Span)),
        cancellation);

    private static async Task<Result<Measured>> RivalAsync(string folder, long rows, TimeSpan time, int clients, CancellationToken cancellation)
    {
        if (!(await LocalPostgres.StartAsync(folder, cancellation).ConfigureAwait(false)).Try(out var server, out var problem)) return problem;
        using (server)
        {
            var source = NpgsqlDataSource.Create(server.Connection);
            await using (source.ConfigureAwait(false))
            {
                string[] fill =
                [
                    "CREATE TABLE result (record uuid, subject bigint, org text, time timestamp, version int, report_no text, item_no int, item_code text, item_name text, result_value double precision, result_text text, unit text, reference_low double precision, reference_high double precision, abnormal_flag text)",
                    string.Create(CultureInfo.InvariantCulture, $"INSERT INTO result SELECT md5('bench' || i)::uuid, i / {Rows}, 'O' || (i % 50), timestamp '2024-01-01' + (i % 500000) * interval '1 minute', 1, NULL, NULL, 'C' || (i % 200), NULL, (i % 1000) / 10.0 FROM generate_series(0, {rows - 1}) i"),
                    "CREATE INDEX ON result (subject, time)",
                    "VACUUM ANALYZE result",
                ];
                foreach (var sql in fill)
                {
                    var made = source.CreateCommand(sql);
                    await using (made.ConfigureAwait(false))
                    {
                        made.CommandTimeout = 0;
                        await made.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                    }
                }

                return await MeasureAsync(rows, time, clients, async (subject, stop) =>
                {
                    var command = source.CreateCommand("SELECT * FROM result WHERE subject = $1 ORDER BY time, record LIMIT 100");
                    await using (command.ConfigureAwait(false))
                    {
                        command.Parameters.AddWithValue((long)subject);
                        var reader = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
                        await using (reader.ConfigureAwait(false))
                        {
                            var (found, values) = (0, new object[reader.FieldCount]);
                            while (await reader.ReadAsync(stop).ConfigureAwait(false)) found += reader.GetValues(values) > 0 ? 1 : 0;
                            return found;
                        }
                    }
                }, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Several clients ask one after another, each for a person at random, until the time is over.</summary>
    private static async Task<Measured> MeasureAsync(long rows, TimeSpan time, int clients, Func<ulong, CancellationToken, Task<int>> ask, CancellationToken cancellation)
    {
        // What is compiled on the way is no part of a server's life, and the runtime compiles what runs often twice.
        var warm = Stopwatch.StartNew();
        TimeSpan compiled;
        do
        {
            compiled = JitInfo.GetCompilationTime();
            await RunAsync(rows, s_warmUp, clients, ask, cancellation).ConfigureAwait(false);
        }
        while (JitInfo.GetCompilationTime() - compiled > s_warmUp * Compiling && warm.Elapsed < s_longestWarmUp);
        using var process = Process.GetCurrentProcess();
        var (cpu, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        compiled = JitInfo.GetCompilationTime();
        var (all, found) = await RunAsync(rows, time, clients, ask, cancellation).ConfigureAwait(false);
        var elapsed = clock.Elapsed.TotalSeconds;
        process.Refresh();
        return new(all.Count / elapsed, all[all.Count / 2], all[(int)(all.Count * 0.99)], (process.TotalProcessorTime - cpu).TotalMilliseconds / all.Count, found / all.Count, (JitInfo.GetCompilationTime() - compiled) / (process.TotalProcessorTime - cpu));
    }

    /// <returns>Milliseconds of each answer, the shortest first, and the rows of all.</returns>
    private static async Task<(List<double> Times, long Rows)> RunAsync(long rows, TimeSpan time, int clients, Func<ulong, CancellationToken, Task<int>> ask, CancellationToken cancellation)
    {
        var (persons, clock, found) = (Math.Max(1, rows / Rows), Stopwatch.StartNew(), 0L);
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var (random, times) = (new Random(client), new List<double>());
            while (clock.Elapsed < time)
            {
                var start = Stopwatch.GetTimestamp();
                var count = await ask((ulong)random.NextInt64(persons), cancellation).ConfigureAwait(false);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                Interlocked.Add(ref found, count);
            }

            return times;
        }, cancellation))).ConfigureAwait(false);
        return ([.. each.SelectMany(t => t).Order()], found);
    }
}
