using System.Globalization;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Evaluation;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>
/// Influenza-like illness in the ten HHS regions of the United States, 1997 to 2025: when each detector raised its first alarm in the
/// spring wave of the 2009 pandemic and in the first wave of COVID-19, and how many alarms it raised a year in all.
/// Counts are visits for the illness among 10,000 visits: the number of reporting practices changes from week to week.
/// </summary>
internal static class InfluenzaLines
{
    private const int Years = 5;

    /// <summary>The week in which the first cases were known, and one after which an alarm is not about them.</summary>
    private static readonly (string Name, int From, int To)[] s_events = [("pandemic_2009", 200917, 200927), ("covid_2020", 202009, 202016)];

    public static IEnumerable<BenchLine> Of(string data)
    {
        var regions = Read(data);
        PublishedDetector[] detectors = [new("combined", KnownOutbreaks.Combined), .. PublishedDetectors.WeeklyOver(Years)];
        foreach (var detector in detectors)
        {
            var found = new int[s_events.Length];
            var delays = s_events.Select(_ => new List<double>()).ToArray();
            var (alarms, years) = (0, 0.0);
            foreach (var (weeks, counts) in regions)
            {
                var first = (52 * Years) + 10;
                var scores = new Score[counts.Length - first];
                if (detector.Detect(counts, first, 0.9, scores) is not null)
                    continue;
                alarms += scores.Where((score, i) => score.Alarm && !(i > 0 && scores[i - 1].Alarm) && !(i > 1 && scores[i - 2].Alarm)).Count();
                years += scores.Length / 52.0;
                for (var e = 0; e < s_events.Length; e++)
                {
                    var begin = Array.IndexOf(weeks, s_events[e].From);
                    var at = Array.FindIndex(scores, begin - first, score => score.Alarm);
                    if (at < 0 || weeks[at + first] > s_events[e].To)
                        continue;
                    found[e]++;
                    delays[e].Add(at + first - begin);
                }
            }

            var line = new BenchLine("epidemic-influenza", "alarms a year and region")
            {
                Ours = alarms / years, RivalName = "none: each detector has its line", Rows = regions.Count,
            }
                .With("detector", detector.Name);
            for (var e = 0; e < s_events.Length; e++)
                line.With($"{s_events[e].Name}_regions", found[e]).With($"{s_events[e].Name}_delay_weeks", delays[e].Count == 0 ? null : delays[e].Order().ElementAt(delays[e].Count / 2));
            yield return line;
        }

        foreach (var (region, (weeks, counts)) in regions.Index())
            yield return Explain(region + 1, weeks, counts);
    }

    /// <summary>
    /// Why the combined detector alarms or does not alarm at COVID-19: its most unusual week, what it expected there, what the same week of
    /// the five winters before had, how far the weeks just before ran above theirs, and how wrong its forecasts usually are.
    /// </summary>
    private static BenchLine Explain(int region, int[] weeks, double[] counts)
    {
        var (_, from, to) = s_events[1];
        var evidence = new Evidence[Array.IndexOf(weeks, to) - Array.IndexOf(weeks, from) + 1];
        _ = CombinedDetector.Create(CombinedOptions.Weekly).Value.Detect(counts, Array.IndexOf(weeks, from), evidence);
        var week = evidence.MinBy(e => e.PValue);
        var window = week.Windows[0];
        double Usual(int at) => Enumerable.Range(1, Years).Average(year => counts[at - (52 * year)]);
        var before = Enumerable.Range(Array.IndexOf(weeks, from) - 8, 8).ToList();
        return new BenchLine("epidemic-influenza-2020", "p-value of the most unusual week of COVID-19")
        {
            Ours = week.PValue, RivalName = "none: why the combined detector did not alarm", Rows = 1,
        }
            .With("region", region).With("week", weeks[week.Index]).With("observed", week.Observed).With("expected", week.Expected).With("usual_of_5_winters", Usual(week.Index))
            .With("winter_over_usual", before.Sum(at => counts[at]) / before.Sum(Usual)).With("forecast_error", Math.Sqrt(1 / window.Size));
    }

    private static List<(int[] Weeks, double[] Counts)> Read(string data) =>
        [.. EpidemicData.Rows(data, "cdc-flu/ILINet_HHS_regions_1997-2025.csv").Skip(1).GroupBy(row => row[1])
            .Select(group => (
                group.Select(row => (int.Parse(row[2], CultureInfo.InvariantCulture) * 100) + int.Parse(row[3], CultureInfo.InvariantCulture)).ToArray(),
                group.Select(row => Math.Round(100 * EpidemicData.Number(row[5]))).ToArray()))];
}
