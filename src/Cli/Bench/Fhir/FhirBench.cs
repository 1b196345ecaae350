using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime;
using System.Text;
using System.Text.Json;
using Yunnao.Server;
using Yunnao.Server.Accounts;

namespace Yunnao.Cli.Bench.Fhir;

/// <summary>
/// <c>yunnao bench fhir</c>: transaction Bundles in over HTTP, each answered when it is durable, with all that is on (token, rights, checks, vault, landed bytes,
/// audit); then reads by id, of resources for the first time and again, and the searches that other servers were measured with, their answers held against what was put in.
/// </summary>
internal static class FhirBench
{
    private const string Client = "bench", Keeper = "keeper", Organisation = "B1";
    private const int Pages = 1000, Searches = 500, FirstReadsPerSecond = 2000, MostWarmUp = 100;

    /// <summary>The part of the time that the runtime's compiler may take of a warm server, and how long is waited for that.</summary>
    private const double Compiling = 0.02;

    /// <summary>The compiler begins a while after a method was found to be worth it: a shorter look would find it idle.</summary>
    private static readonly TimeSpan s_lap = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3), s_longestWarmUp = TimeSpan.FromSeconds(30), s_longestFirst = TimeSpan.FromSeconds(60);

    private sealed record Timed(double PerSecond, double P50, double P99, double CpuMicroseconds);

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var patients = BenchOptions.Number("--patients", 600, text["bench.fhir.patients"]);
        var seconds = BenchOptions.Number("--seconds", 5, text["bench.fhir.seconds"]);
        var clients = BenchOptions.Number("--clients", 64, text["bench.fhir.clients"]);
        var command = new Command("fhir", text["bench.fhir"]) { patients, clients, seconds, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("fhir", parsed);
            if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
            var server = new ServerOptions { Folder = folder.Fresh("data"), Standards = RegistryFolder.Of(parsed, terminal), Port = Demo.DemoServer.FreePort(8500), MemoryMb = parsed.GetValue(options.Memory) };
            server.Data.Limits = new() { RequestsPerMinute = int.MaxValue, RequestsPerDay = long.MaxValue, RowsPerDay = long.MaxValue };
            if (!(await AccountsRoom.OpenAsync(server, registry, cancellation).ConfigureAwait(false)).Try(out var room, out problem)) return terminal.Fail(problem);
            var secrets = new Dictionary<string, string>();
            await using (room.ConfigureAwait(false))
            {
                foreach (var (id, role) in new[] { (Client, "application"), (Keeper, "system_administrator") })
                {
                    var made = await room.ApplicationsAsync(d => d.CreateAsync(new(id, null, [role], [Organisation], []), "local:bench", cancellation)).ConfigureAwait(false);
                    if (!made.Try(out var created, out problem)) return terminal.Fail(problem);
                    secrets[id] = created.Secret!;
                }
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task<BenchLine>? measured = null;
            problem = await YunnaoServer.RunAsync(
                server, ready => measured = Task.Run(() => MeasureAsync(ready.Url, secrets, (int)parsed.GetValue(patients), (int)parsed.GetValue(clients), TimeSpan.FromSeconds(parsed.GetValue(seconds)), terminal, stop), stop.Token), stop.Token).ConfigureAwait(false);
            if (problem is not null) return terminal.Fail(problem);
            terminal.Print((await measured!.ConfigureAwait(false)).ToString());
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<BenchLine> MeasureAsync(Uri url, Dictionary<string, string> secrets, int patients, int clients, TimeSpan time, Terminal terminal, CancellationTokenSource stop)
    {
        try
        {
            using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = clients };
            using var http = new HttpClient(handler) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(5) };
            http.DefaultRequestHeaders.Authorization = await BenchToken.GetAsync(http, Client, secrets[Client], stop.Token).ConfigureAwait(false);
            http.DefaultRequestHeaders.Add("Yunnao-Purpose", "care");

            // What is compiled on the way is no part of a server's life.
            var (text, ids, warmed) = (terminal.Text, new PeerWorld(patients + MostWarmUp * clients), 0);
            var warming = Stopwatch.StartNew();
            TimeSpan compiled, began;
            do
            {
                (compiled, began) = (JitInfo.GetCompilationTime(), warming.Elapsed);
                do
                {
                    var from = patients + warmed;
                    await RunAsync(2 * clients, clients, (n, _) => WriteAsync(from + n)).ConfigureAwait(false);
                    warmed += 2 * clients;
                }
                while (warming.Elapsed - began < s_lap && warmed < MostWarmUp * clients);
                await CompiledAsync(s_longestFirst - warming.Elapsed, stop.Token).ConfigureAwait(false);
            }
            while (JitInfo.GetCompilationTime() - compiled > (warming.Elapsed - began) * Compiling && warming.Elapsed < s_longestFirst && warmed < MostWarmUp * clients);
            ids.End(patients + warmed);

            // The clients of a server are elsewhere: what they send is made beforehand.
            var made = await Task.Run(() => Enumerable.Range(0, patients).Select(PeerPatient.Make).ToArray(), stop.Token).ConfigureAwait(false);
            compiled = JitInfo.GetCompilationTime();
            var written = await RunAsync(patients, clients, async (n, _) => ids.Note(n, made[n], await PostAsync(http, made[n], stop.Token).ConfigureAwait(false))).ConfigureAwait(false);
            var compiling = (JitInfo.GetCompilationTime() - compiled).TotalMicroseconds / (written.CpuMicroseconds * patients);
            terminal.Error.WriteLine(text.Format("bench.fhir.written", written.PerSecond * PeerPatient.Resources, written.P50, written.P99));

            // Warm with the persons that were written to warm up; then the others, in no order, each once, and those again.
            var connections = new BareConnections(url, http.DefaultRequestHeaders);
            var warm = Stopwatch.StartNew();
            do
            {
                compiled = JitInfo.GetCompilationTime();
                await ForAsync(s_warmUp, clients, random => ReadAsync(patients * PeerPatient.Resources + random.Next(2 * clients * PeerPatient.Resources))).ConfigureAwait(false);
            }
            while (JitInfo.GetCompilationTime() - compiled > s_warmUp * Compiling && warm.Elapsed < s_longestWarmUp);
            var order = Enumerable.Range(0, patients * PeerPatient.Resources).ToArray();
            new Random(1).Shuffle(order);
            var times = Math.Min(order.Length / 2, (int)time.TotalSeconds * FirstReadsPerSecond);
            var first = await RunAsync(times, clients, (n, _) => ReadAsync(order[n])).ConfigureAwait(false);
            var again = await ForAsync(time, clients, random => ReadAsync(order[random.Next(times)])).ConfigureAwait(false);
            connections.Dispose();
            terminal.Error.WriteLine(text.Format("bench.fhir.read", first.PerSecond, first.P50, first.P99, again.PerSecond, again.P50, again.P99));
            var line = new BenchLine("fhir", "resources/s")
            {
                Ours = written.PerSecond * PeerPatient.Resources, Rows = (long)patients * PeerPatient.Resources,
                RivalName = "none in the run; the same Bundles from one client, measured apart: fhir-candle 2,770, medplum's router 8,445 (both keep all in memory only), fhirbase on PostgreSQL 2,185",
            }.With("clients", clients).With("bundle_p50_ms", written.P50).With("bundle_p99_ms", written.P99).With("cpu_us_per_resource", written.CpuMicroseconds / PeerPatient.Resources).With("compiling_part", compiling)
                .With("first_reads_per_s", first.PerSecond).With("first_read_p50_ms", first.P50).With("first_read_p99_ms", first.P99).With("first_read_cpu_us", first.CpuMicroseconds)
                .With("reads_again_per_s", again.PerSecond).With("read_again_p50_ms", again.P50).With("read_again_p99_ms", again.P99).With("read_again_cpu_us", again.CpuMicroseconds);
            // As they came, and in order.
            await SearchesAsync("").ConfigureAwait(false);
            await OptimizeAsync(http, await BenchToken.GetAsync(http, Keeper, secrets[Keeper], stop.Token).ConfigureAwait(false), stop.Token).ConfigureAwait(false);
            await SearchesAsync("_optimized").ConfigureAwait(false);

            // The server closed the connections of before, on which nothing was asked any more.
            connections = new BareConnections(url, http.DefaultRequestHeaders);
            var others = await RunAsync(times, clients, (n, _) => ReadAsync(order[times + n])).ConfigureAwait(false);
            connections.Dispose();
            terminal.Error.WriteLine(text.Format("bench.fhir.read-optimized", others.PerSecond, others.P50, others.P99));
            return line.With("first_reads_per_s_optimized", others.PerSecond).With("first_read_p50_ms_optimized", others.P50).With("first_read_p99_ms_optimized", others.P99).With("first_read_cpu_us_optimized", others.CpuMicroseconds);

            async Task SearchesAsync(string state)
            {
                var (right, of, slowest) = (0, 0, 0.0);
                foreach (var (name, address, asForm, expected) in ids.Searches())
                {
                    var (says, median, p99) = await SearchAsync(http, address, asForm, expected, stop.Token).ConfigureAwait(false);
                    terminal.Error.WriteLine(text.Format("bench.fhir.search", name + state, says, median, p99));
                    (of, right, slowest) = (of + 1, right + (says == "right" ? 1 : 0), Math.Max(slowest, p99));
                    line.With(name + state, says == "right" ? Math.Round(p99, 1) : says);
                }

                line.With("searches" + state, of).With("searches_right" + state, right).With("search_p99_ms" + state, slowest);
            }

            async Task ReadAsync(int number)
            {
                var (type, id) = ids.At(number);
                if (await connections.GetAsync($"/fhir/{type}/{id}", stop.Token).ConfigureAwait(false) is not 200 and var status) throw new InvalidOperationException($"{type}: {status}");
            }

            async Task WriteAsync(int number)
            {
                var patient = PeerPatient.Make(number);
                ids.Note(number, patient, await PostAsync(http, patient, stop.Token).ConfigureAwait(false));
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the compiler has nothing to do: its queue may be longer than what was asked of the server so far.</summary>
    private static async Task CompiledAsync(TimeSpan most, CancellationToken cancellation)
    {
        var (waiting, before) = (Stopwatch.StartNew(), TimeSpan.Zero);
        do
        {
            before = JitInfo.GetCompilationTime();
            await Task.Delay(s_lap / 2, cancellation).ConfigureAwait(false);
        }
        while (JitInfo.GetCompilationTime() - before > s_lap * Compiling && waiting.Elapsed < most);
    }

    /// <summary>The ids that the server gave, in the order of the entries.</summary>
    private static async Task<string[]> PostAsync(HttpClient http, PeerPatient patient, CancellationToken cancellation)
    {
        using var body = new ReadOnlyMemoryContent(patient.Bundle);
        body.Headers.ContentType = new("application/fhir+json");
        using var answer = await http.PostAsync("fhir", body, cancellation).ConfigureAwait(false);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(Encoding.UTF8.GetString(bytes));
        return Locations(bytes);
    }

    private static string[] Locations(byte[] bundle)
    {
        var ids = new List<string>(PeerPatient.Resources);
        var reader = new Utf8JsonReader(bundle);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("location"u8)) continue;
            reader.Read();
            ids.Add(reader.GetString()!.Split('/')[1]);
        }

        return ids.Count == PeerPatient.Resources ? [.. ids] : throw new InvalidOperationException($"{ids.Count} of {PeerPatient.Resources} resources were created.");
    }

    /// <summary>What whoever runs a lake does every night.</summary>
    private static async Task OptimizeAsync(HttpClient http, AuthenticationHeaderValue keeper, CancellationToken cancellation)
    {
        var job = await AskAsync(HttpMethod.Post, "api/v1/lake/optimize").ConfigureAwait(false);
        while (job.GetProperty("state").GetString() is "queued" or "running")
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            job = await AskAsync(HttpMethod.Get, $"api/v1/jobs/{job.GetProperty("id").GetString()}").ConfigureAwait(false);
        }

        if (job.GetProperty("state").GetString() != "done") throw new InvalidOperationException($"The lake was not optimized: {job}");

        async Task<JsonElement> AskAsync(HttpMethod method, string address)
        {
            using var request = new HttpRequestMessage(method, address) { Headers = { Authorization = keeper } };
            using var answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>First whether all pages together give exactly the right ids, then how long a first page of 50 takes.</summary>
    private static async Task<(string Says, double Median, double P99)> SearchAsync(HttpClient http, string address, bool asForm, HashSet<string> right, CancellationToken cancellation)
    {
        var (found, next) = (new HashSet<string>(), (string?)$"fhir/{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}_count={Pages}");
        while (next is not null)
        {
            using var page = await AskAsync(next, asForm && found.Count == 0).ConfigureAwait(false);
            using var bundle = JsonDocument.Parse(await page.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
            var root = bundle.RootElement;
            if (!page.IsSuccessStatusCode) return (root.GetProperty("issue")[0].GetProperty("details").GetProperty("coding")[0].GetProperty("code").GetString()!, 0, 0);
            if (root.TryGetProperty("entry", out var entries)) found.UnionWith(entries.EnumerateArray().Select(e => e.GetProperty("resource").GetProperty("id").GetString()!));
            next = root.GetProperty("link").EnumerateArray().Where(l => l.GetProperty("relation").GetString() == "next").Select(l => l.GetProperty("url").GetString()).SingleOrDefault();
        }

        if (!found.SetEquals(right)) return (string.Create(CultureInfo.InvariantCulture, $"wrong: {found.Count} for {right.Count}"), 0, 0);
        var first = $"fhir/{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}_count=50";
        var timed = await RunAsync(Searches, 1, async (_, _) =>
        {
            using var page = await AskAsync(first, asForm).ConfigureAwait(false);
            page.EnsureSuccessStatusCode();
            await page.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return ("right", timed.P50, timed.P99);

        Task<HttpResponseMessage> AskAsync(string where, bool form)
        {
            if (!form) return http.GetAsync(where, cancellation);
            var cut = where.IndexOf('?', StringComparison.Ordinal);
            return http.PostAsync($"{where[..cut]}/_search", new StringContent(where[(cut + 1)..], Encoding.UTF8, "application/x-www-form-urlencoded"), cancellation);
        }
    }

    /// <summary>Does something so many times, by several clients at once.</summary>
    private static async Task<Timed> RunAsync(int times, int clients, Func<int, Random, Task> act)
    {
        var (next, cpu, clock) = (-1, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var (random, taken) = (new Random(client), new List<double>());
            for (var n = Interlocked.Increment(ref next); n < times; n = Interlocked.Increment(ref next)) taken.Add(await TimeAsync(() => act(n, random)).ConfigureAwait(false));
            return taken;
        }))).ConfigureAwait(false);
        return Of(each, clock.Elapsed, cpu);
    }

    private static async Task<Timed> ForAsync(TimeSpan time, int clients, Func<Random, Task> act)
    {
        var (cpu, clock) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var (random, taken) = (new Random(client), new List<double>());
            while (clock.Elapsed < time) taken.Add(await TimeAsync(() => act(random)).ConfigureAwait(false));
            return taken;
        }))).ConfigureAwait(false);
        return Of(each, clock.Elapsed, cpu);
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act().ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <param name="cpu">Processor time of the process when it began; the clients are in it.</param>
    private static Timed Of(IEnumerable<List<double>> each, TimeSpan elapsed, TimeSpan cpu)
    {
        List<double> all = [.. each.SelectMany(t => t).Order()];
        return new(all.Count / elapsed.TotalSeconds, all[all.Count / 2], all[(int)(all.Count * 0.99)], (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / all.Count);
    }
}
