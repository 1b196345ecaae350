using System.Diagnostics;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>
/// C-STORE: stock storescu, an association each, to each archive in turn, rounds of other instances to the same running archives, the best of each, and the median:
/// what an archive does that has been running, not one that compiles its programs while it is measured. After each round the disk is given time to
/// take all of it, so that nobody pays for what another left to be written. Like is compared with like: ours as it
/// is with Orthanc as it is, which both flush each instance to the disk; ours without flushing with what does not flush. What the disk alone
/// can do for one sender that waits is measured beside: the same bytes appended to one file and flushed, one instance after another; and what the sender takes by itself, with a
/// storescp that takes what it is sent and keeps nothing. Of one sender the two together are what no archive that flushes before it answers can be better than by more than what it does meanwhile.
/// </summary>
internal static class StorePart
{
    /// <summary>Ours goes on compiling its hot methods anew for about a thousand instances.</summary>
    public const int Rounds = 10;

    /// <summary>The option of storescp that keeps nothing.</summary>
    private const string Keepless = "--ignore";

    public static async Task<int> RunAsync(BenchFolder folder, int count, int senders, Terminal terminal, CancellationToken cancellation)
    {
        var servers = new List<BenchServer>();
        try
        {
            Func<string, Task<BenchServer?>>[] starts =
            [
                async f => await BenchServer.OursAsync(f, cancellation).ConfigureAwait(false),
                async f => await BenchServer.OursAsync(f, cancellation, "--no-flush").ConfigureAwait(false),
                f => BenchServer.StoreScpAsync(f, cancellation),
                f => BenchServer.StoreScpAsync(f, cancellation, Keepless),
                f => BenchServer.OrthancAsync(f, sync: true, cancellation),
                f => BenchServer.OrthancAsync(f, sync: false, cancellation),
            ];
            foreach (var start in starts)
                if (await start(folder.Fresh($"data{servers.Count}")).ConfigureAwait(false) is { } server) servers.Add(server);
            return await RunAsync(folder, servers, count, senders, terminal, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(BenchFolder folder, List<BenchServer> servers, int count, int senders, Terminal terminal, CancellationToken cancellation)
    {
        var (bytes, disk, rounds) = (0L, 0.0, new Dictionary<string, List<(double Rate, double Processor, long PeakMb)>>(StringComparer.Ordinal));
        for (var round = 1; round <= Rounds; round++)
        {
            var images = Enumerable.Range(0, senders).Select(i => folder.Fresh($"ct{i}")).ToList();
            bytes = images.Select((f, i) => BenchImages.Write(f, count / senders, ((round - 1) * senders + i) * (count / senders))).Sum();
            disk = Math.Max(disk, DiskAlone(folder.Fresh("disk"), count / senders * senders, together: 1));
            await servers[0].RestAsync(cancellation).ConfigureAwait(false);
            foreach (var server in servers)
            {
                var before = server.Processor;
                var clock = Stopwatch.StartNew();
                var sent = await Task.WhenAll(images.Select(f => BenchServer.ClientAsync("storescu", ["-aec", server.Title, "127.0.0.1", $"{server.Dicom}", "+sd", f], cancellation))).ConfigureAwait(false);
                var seconds = clock.Elapsed.TotalSeconds;
                if (Array.Find(sent, s => !s.Ok) is { } failed && !failed.Try(out _, out var problem)) return terminal.Fail(problem);
                var processor = server.Processor - before;
                terminal.Error.WriteLine(terminal.Text.Format("bench.dicom.round", server.Name, round, count / seconds, processor));
                await server.RestAsync(cancellation).ConfigureAwait(false);
                if (!rounds.TryGetValue(server.Name, out var known)) rounds[server.Name] = known = [];
                known.Add((count / seconds, processor, server.PeakMb));
            }
        }

        var ours = rounds["yunnao"].MaxBy(r => r.Rate);
        double? Rate(string name) => rounds.TryGetValue(name, out var found) ? found.Max(r => r.Rate) : null;
        double? Median(string name) => rounds.TryGetValue(name, out var found) ? Figures.Median(found.Select(r => r.Rate)) : null;
        terminal.Print(new BenchLine("dicom store", "instances/s")
        {
            Ours = ours.Rate, Rival = Rate("Orthanc"), RivalName = rounds.ContainsKey("Orthanc") ? "Orthanc (flushing, as by default)" : "Orthanc is not installed", Ratio = ours.Rate / Rate("Orthanc"), Rows = count, PeakMb = ours.PeakMb,
        }
            .With("senders", senders).With("disk_alone", disk).With("client_alone", Rate($"storescp {Keepless}"))
            .With("client_and_flush", senders == 1 && Rate($"storescp {Keepless}") is { } alone ? 1 / (1 / alone + 1 / disk) : null).With("mb_per_s", bytes / 1e6 / count * ours.Rate).With("server_cpu_s", ours.Processor)
            .With("orthanc_cpu_s", rounds.TryGetValue("Orthanc", out var orthanc) ? orthanc.MaxBy(r => r.Rate).Processor : null)
            .With("median", Median("yunnao")).With("orthanc_median", Median("Orthanc")).With("no_flush_median", Median("yunnao, --no-flush")).With("storescp_median", Median("storescp"))
            .With("no_flush", Rate("yunnao, --no-flush"))
            .With("storescp", Rate("storescp")).With("ratio_storescp_no_flush", Rate("yunnao, --no-flush") / Rate("storescp"))
            .With("orthanc_no_flush", Rate("Orthanc, SyncStorageArea false")).With("ratio_orthanc_no_flush", Rate("yunnao, --no-flush") / Rate("Orthanc, SyncStorageArea false")).ToString());
        return ExitCodes.Ok;
    }

    /// <summary>How many instances a second the disk takes when they are appended to one file, with a flush after each or after some.</summary>
    public static double DiskAlone(string folder, int count, int together)
    {
        var instance = BenchImages.File(0);
        using var file = File.OpenHandle(Path.Combine(folder, "appended"), FileMode.Create, FileAccess.Write);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            RandomAccess.Write(file, instance, (long)i * instance.Length);
            if ((i + 1) % together == 0 || i == count - 1) RandomAccess.FlushToDisk(file);
        }

        return count / clock.Elapsed.TotalSeconds;
    }
}
