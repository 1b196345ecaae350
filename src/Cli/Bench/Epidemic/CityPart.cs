using Yunnao.Services.Surveillance.Evaluation;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>
/// Simulated cities with known outbreaks, replayed day by day: for every detector what it finds, how soon, and how often it is wrong.
/// The rival of each line is the moving percentile method on the same cities.
/// </summary>
internal static class CityPart
{
    private const string Rival = "moving percentile";

    public static IEnumerable<BenchLine> Run(EpidemicRun run)
    {
        var cards = CityReplay.Run(run.FirstSeed, run.Seeds, done =>
        {
            if (done % 10 == 0) run.Say("bench.epidemic.cities", [done, run.Seeds]);
        }, run.Cancellation);
        var rival = cards.First(card => card.Name == Rival);
        foreach (var card in cards.Reverse())
        {
            yield return new BenchLine("epidemic-city", "alarms a year and city")
            {
                Ours = card.Alarms / (double)run.Seeds, Rival = rival.Alarms / (double)run.Seeds, RivalName = Rival, Ratio = rival.Alarms / (double)card.Alarms, Rows = run.Seeds,
            }
                .With("detector", card.Name).With("fewer_alarms", 1 - (card.Alarms / (double)rival.Alarms)).With("fewer_alarm_days", 1 - (card.AlarmPoints / (double)rival.AlarmPoints))
                .With("outbreaks", card.Outbreaks()).With("sensitivity", card.Sensitivity()).With("chance", card.ChanceSensitivity)
                .With("outbreaks_3x", card.Outbreaks(3)).With("missed_3x", (long)Math.Round(card.Outbreaks(3) * (1 - card.Sensitivity(3)))).With("sensitivity_3x", card.Sensitivity(3)).With("delay_3x", card.MedianDelay(3)).With("delay", card.MedianDelay())
                .With("sensitivity_2x_3x", card.Sensitivity(2, 3)).With("sensitivity_below_2x", card.Sensitivity(0, 2))
                .With("alarm_days", card.AlarmPoints / (double)run.Seeds).With("joined_alarms", card.Joined / (double)run.Seeds)
                .With("false_alarms_per_series_year", card.FalseAlarmsPerYear).With("first_seed", (long)run.FirstSeed);
        }
    }
}
