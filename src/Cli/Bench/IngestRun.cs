using System.Diagnostics;
using Yunnao.Cli.Ingest;
using Yunnao.Kernel;
using Yunnao.Lake.Upkeep;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Bench;

/// <summary>One load of one file into a new data folder, as <c>yunnao ingest</c> does it, measured until the lake is closed.</summary>
/// <param name="Seconds">From the first byte read to the lake closed, everything on disk.</param>
/// <param name="CpuSeconds">Time of all processors together in these seconds: what a busy machine changes least.</param>
/// <param name="PeakMb">Highest memory of the load.</param>
/// <param name="FileBytes">Size of the lake's file.</param>
/// <param name="Steps">Seconds by step.</param>
internal sealed record IngestRun(
    double OpenSeconds, double Seconds, double CpuSeconds, long PeakMb, long Received, long Accepted, long Quarantined, long FileBytes, IReadOnlyList<DataSetStats> Stats, string Steps)
{
    /// <summary>Loads the file; the platform's own problem when it cannot.</summary>
    public static async Task<Result<IngestRun>> RunAsync(
        string standards, string folder, string file, string source, int memoryMb, Terminal terminal, CancellationToken cancellation)
    {
        PeakMemory.Forget();
        var open = Stopwatch.StartNew();
        if (!Platform.Open(standards, folder, memoryMb).Try(out var platform, out var problem)) return problem;
        var openSeconds = open.Elapsed.TotalSeconds;
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        FileOutcome? outcome = null;
        using var progress = new ProgressLine(terminal);
        var steps = new StepClock(progress);
        using (platform)
        {
            await foreach (var one in platform.Ingest.IngestAsync(new([file], source), steps, cancellation).ConfigureAwait(false)) outcome = one;
        }

        var (seconds, cpuSeconds, peak, spent) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, PeakMemory.Mb, steps.ToString());
        if (outcome?.Problem is { } refused) return refused;
        if (outcome?.Batch is not { } batch) return new Problem(ProblemKind.Conflict, "bench.already", "The file is already in this data folder.", new(file));
        var bytes = new FileInfo(Path.Combine(folder, "lake.duckdb")).Length;
        if (!(await StatsAsync(standards, folder, memoryMb, cancellation).ConfigureAwait(false)).Try(out var stats, out problem)) return problem;
        return new IngestRun(openSeconds, seconds, cpuSeconds, peak, batch.Received, batch.Accepted, batch.Quarantined, bytes, stats, spent);
    }

    /// <summary>A problem when another number of rows was refused than is spoiled.</summary>
    public Problem? Compare(long spoiled) => Quarantined == spoiled
        ? null
        : new(ProblemKind.Fault, "bench.quarantine", $"{Quarantined} rows were refused, but {spoiled} are spoiled.");

    /// <summary>Read from the closed lake, when all blocks are where they stay.</summary>
    private static async Task<Result<List<DataSetStats>>> StatsAsync(string standards, string folder, int memoryMb, CancellationToken cancellation)
    {
        if (!Platform.Open(standards, folder, memoryMb).Try(out var platform, out var problem)) return problem;
        using (platform) return (await platform.Lake.StatsAsync(cancellation).ConfigureAwait(false)).ToList();
    }
}
