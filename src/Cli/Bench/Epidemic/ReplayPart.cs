using Yunnao.Services.Surveillance.Evaluation;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>Public series replayed point by point without the future.</summary>
internal static class ReplayPart
{
    private static readonly string[] s_known = ["k1", "m1", "n1", "s1"];

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        if (run.Data is not { } data)
        {
            run.Say("bench.epidemic.skipped", [EpidemicData.Absent]);
            yield break;
        }

        foreach (var line in Judged("k1, m1, n1, s1 from week 31", [.. s_known.Select(name => Known(data, name))], 30, 1)) yield return line;
        foreach (var line in Judged("hepatitis A in Berlin from week 105", [Berlin(data)], 104, 2)) yield return line;
        foreach (var line in EmergenceLines.Of(data)) yield return line;
        foreach (var line in InfluenzaLines.Of(data)) yield return line;
    }

    private static IEnumerable<BenchLine> Judged(string set, IReadOnlyList<(double[] Counts, double[] Outbreak)> series, int first, int years) =>
        KnownOutbreaks.Run(series, first, years).Select(card => new BenchLine("epidemic-known", "share of outbreaks found")
        {
            Ours = card.Sensitivity(), RivalName = "none: each detector has its line", Rows = card.Outbreaks(),
        }
            .With("set", set).With("detector", card.Name).With("delay_weeks", card.MedianDelay()).With("alarms", card.Alarms)
            .With("false_alarms_per_series_year", card.FalseAlarmsPerYear));

    private static (double[] Counts, double[] Outbreak) Known(string data, string name)
    {
        var file = $"surveillance/{name}.csv";
        return (EpidemicData.Column(data, file, "observed"), EpidemicData.Column(data, file, "state_outbreak"));
    }

    /// <summary>All districts together: their outbreak weeks are marked for the city as a whole.</summary>
    private static (double[] Counts, double[] Outbreak) Berlin(string data)
    {
        const string Cases = "surveillance/ha.sts.csv", States = "surveillance/ha.sts_state.csv";
        var districts = EpidemicData.Rows(data, States).First()[2..];
        var columns = districts.Select(district => EpidemicData.Column(data, Cases, district)).ToArray();
        return ([.. Enumerable.Range(0, columns[0].Length).Select(week => columns.Sum(column => column[week]))], EpidemicData.Column(data, States, districts[0]));
    }
}
