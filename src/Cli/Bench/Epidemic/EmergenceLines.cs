using System.Globalization;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Counts;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>
/// A new disease, COVID-19 in 2019 and 2020: for every place the days from the first reported case to the first alarm. The disease has
/// no history, so five years of zeros stand before the series; all places of a day are ranked together.
/// </summary>
internal static class EmergenceLines
{
    private const int Past = (5 * 365) + 70;

    public static IEnumerable<BenchLine> Of(string data)
    {
        var china = China(data);
        foreach (var line in Judge("China by province", china.Provinces)) yield return line;
        foreach (var line in Judge("China by city", china.Cities)) yield return line;
        foreach (var line in Judge("JHU by country", Jhu(data))) yield return line;
    }

    private static IEnumerable<BenchLine> Judge(string set, IReadOnlyList<double[]> places)
    {
        yield return Line(set, "combined", places, Combined(places));
        foreach (var detector in PublishedDetectors.Daily.Append(new("fixed threshold", static (counts, first, _, scores) => FixedThreshold.Detect(counts, first, 1, 1, scores))))
        {
            var alarms = places.Select(counts =>
            {
                var scores = new Score[counts.Length - Past];
                return detector.Detect(counts, Past, 0.9, scores) is null ? Array.FindIndex(scores, score => score.Alarm) : -1;
            });
            yield return Line(set, detector.Name, places, [.. alarms]);
        }
    }

    private static BenchLine Line(string set, string detector, IReadOnlyList<double[]> places, int[] alarms)
    {
        var delays = places.Select((counts, i) => alarms[i] < 0 ? -1 : alarms[i] + Past - Array.FindIndex(counts, count => count > 0)).ToList();
        var found = delays.Where(delay => delay >= 0).Order().ToList();
        return new BenchLine("epidemic-emergence", "days from first reported case to first alarm, median")
        {
            Ours = found.Count == 0 ? -1 : found[found.Count / 2], RivalName = "none: each detector has its line", Rows = places.Count,
        }
            .With("set", set).With("detector", detector).With("alarmed", found.Count).With("within_2_days", found.Count(delay => delay <= 2))
            .With("slowest", found.Count == 0 ? null : found[^1]).With("never_with_5_cases", places.Where((counts, i) => alarms[i] < 0 && Cases(counts) >= 5).Count());
    }

    /// <summary>First day with a signal of every place, counted from the end of the zeros; −1 without one.</summary>
    private static int[] Combined(IReadOnlyList<double[]> places)
    {
        var days = places[0].Length - Past;
        var detector = CombinedDetector.Create(CombinedOptions.Daily).Value;
        var evidence = places.Select(counts =>
        {
            var all = new Evidence[days];
            _ = detector.Detect(counts, Past, all);
            return all;
        }).ToArray();
        var first = new int[places.Count];
        Array.Fill(first, -1);
        var candidates = new Candidate[places.Count];
        for (var day = 0; day < days; day++)
        {
            for (var place = 0; place < candidates.Length; place++)
                candidates[place] = new Candidate(evidence[place][day]);
            foreach (var signal in DayRanking.Rank(candidates, new()).Value.Where(signal => first[signal.Series] < 0))
                first[signal.Series] = day;
        }

        return first;
    }

    /// <summary>Daily cases of provinces and of cities with any, from cumulative ones.</summary>
    private static (List<double[]> Provinces, List<double[]> Cities) China(string data)
    {
        var start = new DateOnly(2019, 12, 1);
        var cumulative = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var row in EpidemicData.Rows(data, "china-covid19/china_daily_2019-12-01_2020-05-31.csv").Skip(1).Where(row => row[4].Length > 0))
        {
            // A city keeps its code of six digits; a province is the row without a city.
            var key = row[5].Length == 0 ? row[4] : $"{row[4]}/{(row[6].Length > 0 ? row[6] : row[5])}";
            if (!cumulative.TryGetValue(key, out var days))
                Array.Fill(cumulative[key] = days = new double[183], double.NaN);
            days[DateOnly.ParseExact(row[0], "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - start.DayNumber] = EpidemicData.Number(row[7]);
        }

        var daily = cumulative.Select(place => (place.Key, Counts: Daily(place.Value))).Where(place => Cases(place.Counts) > 0).ToList();
        return ([.. daily.Where(p => !p.Key.Contains('/')).Select(p => p.Counts)], [.. daily.Where(p => p.Key.Contains('/')).Select(p => p.Counts)]);
    }

    private static List<double[]> Jhu(string data)
    {
        var countries = new SortedDictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var row in EpidemicData.Rows(data, "jhu-csse/time_series_covid19_confirmed_global_to_2020-07-27.csv").Skip(1))
        {
            // Names with a comma are cut in two; the numbers are counted from the end.
            var numbers = row[^188..].Select(EpidemicData.Number).ToArray();
            if (!countries.TryGetValue(row[1], out var sum))
                countries[row[1]] = sum = new double[numbers.Length];
            for (var day = 0; day < sum.Length; day++)
                sum[day] += numbers[day];
        }

        return [.. countries.Values.Select(Daily).Where(counts => Cases(counts) > 0)];
    }

    private static double Cases(double[] counts) => counts.Where(count => count > 0).Sum();

    private static double[] Daily(double[] cumulative)
    {
        var counts = new double[Past + cumulative.Length];
        Corrections.FromCumulative(cumulative, counts.AsSpan(Past));
        return counts;
    }
}
