using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>The flexible Farrington method on the last 104 weeks of Salmonella Newport in Germany, beside R surveillance.</summary>
internal static class NewportPart
{
    private const int First = 424;
    private const int Weeks = 104;

    private const string Script = """
        suppressMessages(library(surveillance))
        data(salmNewport)
        newport <- aggregate(salmNewport, by = "unit")
        control <- list(range = 425:528, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1,
          weightsThreshold = 2.58, thresholdMethod = "nbPlugin", alpha = 0.01, limit54 = c(5, 4))
        run <- function() { t <- system.time(r <<- farringtonFlexible(newport, control = control)); t[["user.self"]] + t[["sys.self"]] }
        times <- replicate(5, run())
        cat(format(median(times), digits = 15), "\n")
        cat(format(sum(upperbound(r), na.rm = TRUE), digits = 15), "\n")
        cat(format(observed(newport), digits = 15), sep = "\n")
        """;

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        run.Say("bench.epidemic.rival", ["farringtonFlexible"]);
        var (rival, reason) = RivalR.Run(Script);
        var counts = rival?[2..] ?? (run.Data is null ? null : FromFolder(run.Data));
        if (counts is null)
        {
            run.Say("bench.epidemic.skipped", [EpidemicData.Absent]);
            yield break;
        }

        var scores = new Score[Weeks];
        var options = new FarringtonFlexibleOptions { Calendar = Calendar.WeeksFrom(new(2004, 1, 5)) };
        var ours = ProcessorTime.MedianOf(9, 25, () => FarringtonFlexible.Detect(counts, First, options, scores));
        var sum = scores.Where(score => !double.IsNaN(score.Upper)).Sum(score => score.Upper);
        yield return new BenchLine("epidemic-newport", "ms of processor time for 104 weeks")
        {
            Ours = ours * 1e3, Rival = rival?[0] * 1e3, RivalName = reason ?? "R surveillance::farringtonFlexible", Ratio = rival?[0] / ours, Rows = Weeks,
        }
            .With("bounds_sum", sum).With("rival_bounds_sum", rival?[1]);
    }

    private static double[] FromFolder(string data)
    {
        var rows = EpidemicData.Rows(data, "surveillance/salmNewport.csv").ToList();
        var states = Enumerable.Range(0, rows[0].Length).Where(c => rows[0][c] is not ("epoch" or "year" or "period")).ToArray();
        return [.. rows.Skip(1).Select(row => states.Sum(c => EpidemicData.Number(row[c])))];
    }
}
