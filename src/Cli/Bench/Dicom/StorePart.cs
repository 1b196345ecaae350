namespace Yunnao.Cli.Bench.Dicom;

/// <summary>
/// C-STORE: stock storescu over one association to each archive in turn, rounds of other instances to the same running archives, the best of each:
/// what an archive does that has been running, not one that compiles its programs while it is measured. Like is compared with like: ours as it
/// is with Orthanc as it is, which both flush each instance to the disk; ours without flushing with what does not flush.
/// </summary>
internal static class StorePart
{
    private const int Rounds = 4;

    public static async Task<int> RunAsync(BenchFolder folder, int count, Terminal terminal, CancellationToken cancellation)
    {
        var servers = new List<BenchServer>();
        try
        {
            Func<string, Task<BenchServer?>>[] starts =
            [
                async f => await BenchServer.OursAsync(f, cancellation).ConfigureAwait(false),
                async f => await BenchServer.OursAsync(f, cancellation, "--no-flush").ConfigureAwait(false),
                f => BenchServer.StoreScpAsync(f, cancellation),
                f => BenchServer.OrthancAsync(f, sync: true, cancellation),
                f => BenchServer.OrthancAsync(f, sync: false, cancellation),
            ];
            foreach (var start in starts)
                if (await start(folder.Fresh($"data{servers.Count}")).ConfigureAwait(false) is { } server) servers.Add(server);
            return await RunAsync(folder, servers, count, terminal, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(BenchFolder folder, List<BenchServer> servers, int count, Terminal terminal, CancellationToken cancellation)
    {
        var (bytes, best) = (0L, new Dictionary<string, (double Rate, double Processor, long PeakMb)>(StringComparer.Ordinal));
        for (var round = 1; round <= Rounds; round++)
        {
            var images = folder.Fresh("ct");
            bytes = BenchImages.Write(images, count, (round - 1) * count);
            foreach (var server in servers)
            {
                var before = server.Processor;
                if (!(await BenchServer.ClientAsync("storescu", ["-aec", server.Title, "127.0.0.1", $"{server.Dicom}", "+sd", images], cancellation).ConfigureAwait(false)).Try(out var seconds, out var problem))
                    return terminal.Fail(problem);
                terminal.Error.WriteLine(terminal.Text.Format("bench.dicom.round", server.Name, round, count / seconds, server.Processor - before));
                if (!best.TryGetValue(server.Name, out var known) || known.Rate < count / seconds) best[server.Name] = (count / seconds, server.Processor - before, server.PeakMb);
            }
        }

        var ours = best["yunnao"];
        double? Rate(string name) => best.TryGetValue(name, out var found) ? found.Rate : null;
        terminal.Print(new BenchLine("dicom store", "instances/s")
        {
            Ours = ours.Rate, Rival = Rate("Orthanc"), RivalName = best.ContainsKey("Orthanc") ? "Orthanc (flushing, as by default)" : "Orthanc is not installed", Ratio = ours.Rate / Rate("Orthanc"), Rows = count, PeakMb = ours.PeakMb,
        }
            .With("mb_per_s", bytes / 1e6 / count * ours.Rate).With("server_cpu_s", ours.Processor)
            .With("orthanc_cpu_s", best.TryGetValue("Orthanc", out var orthanc) ? orthanc.Processor : null)
            .With("no_flush", Rate("yunnao, --no-flush"))
            .With("storescp", Rate("storescp")).With("ratio_storescp_no_flush", Rate("yunnao, --no-flush") / Rate("storescp"))
            .With("orthanc_no_flush", Rate("Orthanc, SyncStorageArea false")).With("ratio_orthanc_no_flush", Rate("yunnao, --no-flush") / Rate("Orthanc, SyncStorageArea false")).ToString());
        return ExitCodes.Ok;
    }
}
