using System.Globalization;
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
    }

    private static List<(int[] Weeks, double[] Counts)> Read(string data) =>
        [.. EpidemicData.Rows(data, "cdc-flu/ILINet_HHS_regions_1997-2025.csv").Skip(1).GroupBy(row => row[1])
            .Select(group => (
                group.Select(row => (int.Parse(row[2], CultureInfo.InvariantCulture) * 100) + int.Parse(row[3], CultureInfo.InvariantCulture)).ToArray(),
                group.Select(row => Math.Round(100 * EpidemicData.Number(row[5]))).ToArray()))];
}
