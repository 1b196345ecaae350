using System.Diagnostics;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>
/// Scores today's point of every county and disease by every detector, from five years of daily counts, nothing kept from the day
/// before; then ranks the day. Making the counts is not in the time.
/// </summary>
internal static class RescorePart
{
    private const int Days = (5 * 365) + 70;
    private const int Chunk = 3000;

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        var series = run.Counties * run.Diseases;
        var candidates = new Candidate[series];
        var counts = new double[Math.Min(Chunk, series)][];
        var (seconds, processor, alarms, cases) = (0.0, 0.0, 0L, 0.0);
        var detectors = PublishedDetectors.Daily.Count + PublishedDetectors.Weekly.Count + 1;
        DayRanking.Rank([new Candidate(Score(Make(0, 0, run, new double[Days]), new Workspace()))], new());
        for (var start = 0; start < series && !run.Cancellation.IsCancellationRequested; start += Chunk)
        {
            var some = Math.Min(Chunk, series - start);
            Parallel.For(0, some, i => counts[i] = Make((start + i) / run.Diseases, (start + i) % run.Diseases, run, counts[i] ?? new double[Days]));
            cases += counts.Take(some).Sum(c => c.Sum());
            var (clock, before) = (Stopwatch.StartNew(), ProcessorTime.Seconds);
            Parallel.For(0, some, () => new Workspace(), (i, _, workspace) =>
            {
                candidates[start + i] = new Candidate(Score(counts[i], workspace));
                return workspace;
            }, workspace => Interlocked.Add(ref alarms, workspace.Alarms));
            seconds += clock.Elapsed.TotalSeconds;
            processor += ProcessorTime.Seconds - before;
            if (start / Chunk % 10 == 0)
                run.Say("bench.epidemic.rescored", [start + some, series, seconds]);
        }

        if (run.Cancellation.IsCancellationRequested)
            yield break;
        var (rank, scored) = (Stopwatch.StartNew(), ProcessorTime.Seconds);
        var signals = DayRanking.Rank(candidates, new()).Value.Count;
        seconds += rank.Elapsed.TotalSeconds;
        processor += ProcessorTime.Seconds - scored;
        yield return new BenchLine("epidemic-rescore", "s")
        {
            Ours = seconds, RivalName = "none: R would need hours", Rows = series,
        }
            .With("cpu_s", processor).With("detectors", detectors).With("rank_s", rank.Elapsed.TotalSeconds).With("alarms", alarms).With("signals", signals)
            .With("cases_per_series_and_year", cases / series * 365 / Days).With("counties", run.Counties).With("diseases", run.Diseases);
    }

    /// <summary>All detectors on the last day, and on the last whole week.</summary>
    private static Evidence Score(double[] daily, Workspace workspace)
    {
        var weekly = workspace.Weekly;
        ReadOnlySpan<double> days = daily.AsSpan(Days - (weekly.Length * 7));
        for (var week = 0; week < weekly.Length; week++, days = days[7..])
            weekly[week] = days[0] + days[1] + (days[2] + days[3]) + (days[4] + days[5] + days[6]);

        foreach (var detector in PublishedDetectors.Daily)
            workspace.Judge(detector, daily);
        foreach (var detector in PublishedDetectors.Weekly)
            workspace.Judge(detector, weekly);
        Workspace.Require(workspace.Detector.Detect(daily, Days - 1, workspace.Evidence));
        return workspace.Evidence[0];
    }

    /// <summary>
    /// Counts of a county of lognormal size and a disease whose rate falls with its place in the list, from 200 to 0.01 a year for
    /// 100,000 residents: a few diseases have most of the cases, as among the notifiable ones.
    /// </summary>
    private static double[] Make(int county, int disease, EpidemicRun run, double[] counts)
    {
        var random = new Xoshiro256((((ulong)county << 32) | (uint)disease) + run.FirstSeed);
        var size = new Xoshiro256((ulong)county + (run.FirstSeed << 40));
        var residents = 350_000 * Math.Exp(0.8 * (Uniform(ref size) + Uniform(ref size) + Uniform(ref size) + Uniform(ref size) - 2) * Math.Sqrt(3));
        var rate = 200 * Math.Pow(0.01 / 200, disease / (double)Math.Max(1, run.Diseases - 1));
        var mean = residents / 100_000 * rate / 365;
        var phase = Uniform(ref random);
        Array.Clear(counts);
        for (var day = 0; day < Days; day++)
        {
            var expected = mean * (1 + (0.6 * Math.Sin(2 * Math.PI * ((day / 365.0) + phase)))) * (day % 7 < 5 ? 1.1 : 0.75);
            var limit = Math.Exp(-expected);
            for (var product = Uniform(ref random); product > limit; product *= Uniform(ref random))
                counts[day]++;
        }

        return counts;
    }

    private static double Uniform(ref Xoshiro256 random) => ((random.Next() >> 11) + 0.5) / (1UL << 53);

    private sealed class Workspace
    {
        private readonly Score[] _score = new Score[1];

        public double[] Weekly { get; } = new double[Days / 7];

        public CombinedDetector Detector { get; } = CombinedDetector.Create(CombinedOptions.Daily).Value;

        public Evidence[] Evidence { get; } = new Evidence[1];

        public long Alarms { get; private set; }

        public void Judge(PublishedDetector detector, double[] counts)
        {
            Require(detector.Detect(counts, counts.Length - 1, 0.8, _score));
            Alarms += _score[0].Alarm ? 1 : 0;
        }

        public static void Require(Problem? problem)
        {
            if (problem is not null)
                throw new InvalidOperationException(problem.Message.ToString());
        }
    }
}
