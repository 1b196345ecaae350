using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>
/// Replays a year of simulated cities day by day, every detector seeing only the past, and compares alarms with the truth.
/// </summary>
public static class CityReplay
{
    private const int Rows = SimulatedCity.Districts + 1;

    /// <summary>
    /// Judges all detectors on the cities of <paramref name="count"/> seeds from <paramref name="firstSeed"/>.
    /// Half of the processors' time is never needed: cities are made and judged on all of them.
    /// </summary>
    public static IReadOnlyList<Scorecard> Run(
        ulong firstSeed, int count, RankingOptions ranking, Action<int>? done = null, CancellationToken cancel = default)
    {
        var cards = Names().Select(name => new Scorecard(name)).ToArray();
        for (var i = 0; i < count && !cancel.IsCancellationRequested; i++)
        {
            Judge(SimulatedCity.Make(firstSeed + (ulong)i), ranking, cards);
            done?.Invoke(i + 1);
        }

        return cards;
    }

    private static IEnumerable<string> Names() => ["combined", .. DailyDetectors.All.Select(detector => detector.Name)];

    private static void Judge(SimulatedCity city, RankingOptions ranking, Scorecard[] cards)
    {
        JudgeCombined(city, ranking, cards[0]);
        var scores = new Score[SimulatedCity.Days];
        for (var d = 0; d < DailyDetectors.All.Count; d++)
        {
            var table = new AlarmTable(city.Counts.Length, SimulatedCity.Days);
            for (var row = 0; row < city.Counts.Length; row++)
            {
                var disease = SimulatedDisease.All[row / SimulatedCity.Districts];
                if (DailyDetectors.All[d].Detect(city.Counts[row], SimulatedCity.Past, disease.Percentile, scores) is { } problem)
                    throw new InvalidOperationException(problem.Message);
                for (var day = 0; day < scores.Length; day++)
                    table.Set(row, day, scores[day].Alarm);
            }

            foreach (var outbreak in city.Outbreaks)
            {
                var rows = outbreak.Districts.Select(district => (outbreak.Disease * SimulatedCity.Districts) + district).ToArray();
                table.Judge(rows, outbreak.Start - SimulatedCity.Past, outbreak.End - SimulatedCity.Past, outbreak.Ratio, cards[d + 1]);
            }

            table.Count(1, cards[d + 1]);
        }
    }

    /// <summary>The combined detector sees the districts and, for each disease, the city around them: rows of 13.</summary>
    internal static void JudgeCombined(SimulatedCity city, RankingOptions ranking, Scorecard card)
    {
        var series = SimulatedDisease.All.Count * Rows;
        var evidence = new Evidence[series][];
        var detector = CombinedDetector.Create(CombinedOptions.Daily).Value;
        for (var row = 0; row < series; row++)
        {
            var (disease, district) = (row / Rows, (row % Rows) - 1);
            var counts = district < 0 ? city.Whole(disease) : city.Counts[(disease * SimulatedCity.Districts) + district];
            evidence[row] = new Evidence[SimulatedCity.Days];
            if (detector.Detect(counts, SimulatedCity.Past, evidence[row]) is { } problem)
                throw new InvalidOperationException(problem.Message);
        }

        var table = new AlarmTable(series, SimulatedCity.Days);
        var book = new EpisodeBook(new());
        var candidates = new Candidate[series];
        for (var day = 0; day < SimulatedCity.Days; day++)
        {
            for (var row = 0; row < series; row++)
                candidates[row] = new Candidate(evidence[row][day], row % Rows == 0 ? -1 : row - (row % Rows));
            foreach (var signal in DayRanking.Rank(candidates, ranking).Value)
            {
                table.Set(signal.Series, day, alarm: true);
                if (book.Add(day, signal.Series / Rows, signal.Series, signal.PValue).IsNew)
                    card.Joined++;
            }
        }

        foreach (var outbreak in city.Outbreaks)
        {
            int[] rows = [outbreak.Disease * Rows, .. outbreak.Districts.Select(district => (outbreak.Disease * Rows) + 1 + district)];
            table.Judge(rows, outbreak.Start - SimulatedCity.Past, outbreak.End - SimulatedCity.Past, outbreak.Ratio, card);
        }

        table.Count(1, card);
    }
}
