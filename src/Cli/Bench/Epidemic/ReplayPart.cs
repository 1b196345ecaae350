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

        foreach (var card in KnownOutbreaks.Run([.. s_known.Select(name => Known(data, name))]))
        {
            yield return new BenchLine("epidemic-known", "outbreaks found")
            {
                Ours = card.Sensitivity() * card.Outbreaks(), RivalName = "none: each detector has its line", Rows = card.Outbreaks(),
            }
                .With("detector", card.Name).With("sensitivity", card.Sensitivity()).With("delay_weeks", card.MedianDelay())
                .With("alarms", card.Alarms).With("false_alarms_per_year", card.FalseAlarmsPerYear);
        }

        foreach (var line in EmergenceLines.Of(data)) yield return line;
        foreach (var line in InfluenzaLines.Of(data)) yield return line;
    }

    private static (double[] Counts, double[] Outbreak) Known(string data, string name)
    {
        var file = $"surveillance/{name}.csv";
        return (EpidemicData.Column(data, file, "observed"), EpidemicData.Column(data, file, "state_outbreak"));
    }
}
