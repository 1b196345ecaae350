using System.Diagnostics;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Scan;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>A prospective space–time scan over counties and 90 days with 999 random replicates.</summary>
internal static class ScanPart
{
    private const int Days = 90;
    private const int Replicates = 999;
    private const int Cluster = 8;

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        var random = new Xoshiro256(run.FirstSeed);
        var regions = new Region[run.Counties];
        var cases = new double[run.Counties * Days];
        for (var i = 0; i < regions.Length; i++)
            regions[i] = new Region(80 + (random.NextInt(45_000) / 1000.0), 20 + (random.NextInt(28_000) / 1000.0));
        for (var i = 0; i < cases.Length; i++)
            cases[i] = random.NextInt(9) == 0 ? 1 + random.NextInt(3) : 0;
        var expected = new double[cases.Length];
        Array.Fill(expected, 1);
        for (var day = Days - 7; day < Days; day++)
            cases[day] += Cluster;
        var (clock, before) = (Stopwatch.StartNew(), ProcessorTime.Seconds);
        var clusters = SpaceTimeScan.Run(regions, cases, expected, new() { Replicates = Replicates }, run.Cancellation);
        var (seconds, processor) = (clock.Elapsed.TotalSeconds, ProcessorTime.Seconds - before);
        if (!clusters.Try(out var found, out var problem))
        {
            run.Say("bench.epidemic.skipped", [problem.Message.ToString()]);
            yield break;
        }

        yield return new BenchLine("epidemic-scan", "s")
        {
            Ours = seconds, RivalName = "none: SaTScan is not to be had here", Rows = cases.Length,
        }
            .With("cpu_s", processor).With("cases", cases.Sum()).With("replicates", Replicates).With("largest_regions", new ScanOptions().MaximumRegions)
            .With("longest_days", new ScanOptions().MaximumDays).With("p_of_the_true_cluster", found.First(c => c.Regions.Contains(0)).PValue);
    }
}
