using System.CommandLine;
using System.Diagnostics;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Synthetic.Bulk;

namespace Yunnao.Cli.Bench;

/// <summary><c>yunnao bench ingest-csv</c>: laboratory results with every check and identity, beside a bare COPY of the same file.</summary>
internal static class IngestCsvBench
{
    public const string DataSet = "lab.result";
    public const string Source = "template";
    public const ulong Seed = 1;

    private const int DefaultRows = 10_000_000;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var options = new BenchOptions(terminal);
        var rows = BenchOptions.Number("--rows", DefaultRows, text["bench.ingest-csv.rows"]);
        var rounds = BenchOptions.Number("--rounds", 1, text["bench.ingest-csv.rounds"]);
        var command = new Command("ingest-csv", text["bench.ingest-csv"]) { rows, rounds, options.Dir, options.Keep, options.Memory };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var folder = options.Folder("ingest-csv", parsed);
            var (n, m) = (parsed.GetValue(rows), parsed.GetValue(rounds));
            return await RunAsync(parsed, folder, n, m, parsed.GetValue(options.Memory), parsed.GetValue(options.Keep), terminal, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Writes the file.</summary>
    /// <returns>How many rows are spoiled.</returns>
    public static long WriteFile(Registry registry, string file, long rows, Terminal terminal)
    {
        var clock = Stopwatch.StartNew();
        long dirty;
        using (var stream = File.Create(file, 1)) dirty = LabFile.Write(registry, stream, rows, Seed);
        var seconds = clock.Elapsed.TotalSeconds;
        terminal.Error.WriteLine(terminal.Text.Format("bench.written", rows, new FileInfo(file).Length / 1e6, seconds, rows / seconds));
        return dirty;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, BenchFolder folder, long rows, long rounds, int memory, bool keep, Terminal terminal, CancellationToken cancellation)
    {
        if (!RegistryFolder.Load(parsed, terminal).Try(out var registry, out var problem)) return terminal.Fail(problem);
        var file = folder.File($"{DataSet}.csv");
        var dirty = WriteFile(registry, file, rows, terminal);
        var shape = new TableShape(registry.DataSets[DataSet]);
        var (copies, loads) = (new List<CopyRun>(), new List<IngestRun>());
        for (var round = 1; round <= rounds; round++)
        {
            var rivalFolder = folder.Fresh("rival");
            copies.Add(CopyRun.Run(rivalFolder, file, shape, memory));
            if (!keep) Directory.Delete(rivalFolder, recursive: true);
            terminal.Error.WriteLine(terminal.Text.Format("bench.rival", round, copies[^1].Seconds, rows / copies[^1].Seconds, copies[^1].PeakMb));

            var data = folder.Fresh("data");
            var run = await IngestRun.RunAsync(RegistryFolder.Of(parsed, terminal), data, file, Source, memory, terminal, cancellation).ConfigureAwait(false);
            if (!keep) Directory.Delete(data, recursive: true);
            if (!run.Try(out var load, out problem)) return terminal.Fail(problem);
            loads.Add(load);
            terminal.Error.WriteLine(terminal.Text.Format("bench.ours", round, load.Seconds, rows / load.Seconds, load.PeakMb));
        }

        if (!keep) File.Delete(file);
        terminal.Print(Line(rows, dirty, copies, loads));
        return loads.Select(l => l.Compare(dirty)).FirstOrDefault(p => p is not null) is { } wrong ? terminal.Fail(wrong) : ExitCodes.Ok;
    }

    private static string Line(long rows, long dirty, List<CopyRun> copies, List<IngestRun> loads)
    {
        var (ours, rival) = (rows / Figures.Median(loads.Select(l => l.Seconds)), rows / Figures.Median(copies.Select(c => c.Seconds)));
        var (load, copy) = (loads[^1], copies[^1]);
        return new BenchLine("ingest-csv", "rows/s")
        {
            Ours = ours, Rival = rival, RivalName = CopyRun.Name, Ratio = ours / rival, Rows = rows, PeakMb = loads.Max(l => l.PeakMb),
        }
            .With("accepted", load.Accepted).With("quarantined", load.Quarantined).With("spoiled", dirty).With("rival_rows", copy.Rows)
            .With("bytes_per_row", load.Stats.Single(s => s.DataSet == DataSet).BytesPerRow)
            .With("file_bytes_per_row", (double)load.FileBytes / rows).With("rival_bytes_per_row", (double)copy.FileBytes / rows)
            .With("seconds", load.Seconds).With("rival_seconds", copy.Seconds).With("cpu_s", load.CpuSeconds).With("rival_cpu_s", copy.CpuSeconds).With("steps_s", load.Steps).With("open_s", load.OpenSeconds)
            .With("rounds", loads.Count).With("rival_peak_mb", copies.Max(c => c.PeakMb)).ToString();
    }
}
