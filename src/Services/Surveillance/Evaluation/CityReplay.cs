using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>
/// Replays a year of simulated cities day by day, every detector seeing only the past, and compares alarms with the truth.
/// </summary>
public static class CityReplay
{
    private const int Rows = SimulatedCity.Districts + 1;

    /// <summary>Settings of the combined detector that are judged: its defaults first, then more and less cautious ones.</summary>
    private static readonly (string Name, RankingOptions Options)[] s_rankings =
    [
        ("combined", new()),
        ("combined, strict", new() { Level = 0.1, MaximumPValue = 0.005 }),
        ("combined, sensitive", new() { Level = 0.5, MaximumPValue = 0.03 }),
        ("combined, very sensitive", new() { Level = 0.68, MaximumPValue = 0.047 }),
        ("combined, flooding", new() { Level = 0.9, MaximumPValue = 0.1 }),
    ];

    /// <summary>
    /// The published detectors, and the moving percentile method with higher percentiles than those of CIDARS and more cases: the same
    /// method at less sensitivity.
    /// </summary>
    private static readonly PublishedDetector[] s_published =
    [
        .. PublishedDetectors.Daily,
        new("moving percentile 95", static (counts, first, _, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = 0.95 }, scores)),
        new("moving percentile 100", static (counts, first, _, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = 1 }, scores)),
        new("moving percentile 100, 2 cases", static (counts, first, _, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = 1, MinimumCases = 2 }, scores)),
        new("moving percentile 100, 3 cases", static (counts, first, _, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = 1, MinimumCases = 3 }, scores)),
    ];

    /// <summary>
    /// Judges all detectors on the cities of <paramref name="count"/> seeds from <paramref name="firstSeed"/>; cancelling ends
    /// between two cities. <paramref name="done"/> hears how many are done.
    /// </summary>
    public static IReadOnlyList<Scorecard> Run(ulong firstSeed, int count, Action<int>? done = null, CancellationToken cancel = default)
    {
        var cities = new Scorecard[count][];
        var judged = 0;
        Parallel.For(0, count, (i, state) =>
        {
            if (cancel.IsCancellationRequested)
            {
                state.Stop();
                return;
            }

            cities[i] = Judge(SimulatedCity.Make(firstSeed + (ulong)i));
            done?.Invoke(Interlocked.Increment(ref judged));
        });
        var all = NewCards();
        foreach (var city in cities.Where(static city => city is not null))
        {
            for (var d = 0; d < all.Length; d++)
                all[d].Add(city[d]);
        }

        return all;
    }

    private static Scorecard[] NewCards() =>
        [.. s_rankings.Select(static ranking => new Scorecard(ranking.Name)), .. s_published.Select(static detector => new Scorecard(detector.Name))];

    private static Scorecard[] Judge(SimulatedCity city)
    {
        var cards = NewCards();
        JudgeCombined(city, cards[..s_rankings.Length]);
        for (var d = 0; d < s_published.Length; d++)
            JudgePublished(city, s_published[d].Detect, cards[s_rankings.Length + d]);
        return cards;
    }

    private static void JudgePublished(SimulatedCity city, ScorePoints detect, Scorecard card)
    {
        var scores = new Score[SimulatedCity.Days];
        var table = new AlarmTable(city.Counts.Length, SimulatedCity.Days);
        for (var row = 0; row < city.Counts.Length; row++)
        {
            var percentile = SimulatedDisease.All[row / SimulatedCity.Districts].Percentile;
            Require(detect(city.Counts[row], SimulatedCity.Past, percentile, scores));
            for (var day = 0; day < scores.Length; day++)
                table.Set(row, day, scores[day].Alarm);
        }

        JudgeAll(city, table, outbreak => [.. outbreak.Districts.Select(district => (outbreak.Disease * SimulatedCity.Districts) + district)], card);
    }

    /// <summary>The combined detector sees the districts and, for each disease, the city around them: rows of 13.</summary>
    private static void JudgeCombined(SimulatedCity city, Scorecard[] cards)
    {
        var evidence = Evidence(city);
        var candidates = new Candidate[evidence.Length];
        var tables = cards.Select(_ => new AlarmTable(evidence.Length, SimulatedCity.Days)).ToArray();
        var books = cards.Select(_ => new EpisodeBook(new())).ToArray();
        for (var day = 0; day < SimulatedCity.Days; day++)
        {
            for (var row = 0; row < candidates.Length; row++)
                candidates[row] = new Candidate(evidence[row][day], row % Rows == 0 ? -1 : row - (row % Rows));
            for (var c = 0; c < cards.Length; c++)
            {
                foreach (var signal in DayRanking.Rank(candidates, s_rankings[c].Options).Value)
                {
                    tables[c].Set(signal.Series, day, alarm: true);
                    cards[c].Joined += books[c].Add(day, signal.Series / Rows, signal.Series, signal.PValue).IsNew ? 1 : 0;
                }
            }
        }

        for (var c = 0; c < cards.Length; c++)
        {
            JudgeAll(city, tables[c], outbreak =>
                [outbreak.Disease * Rows, .. outbreak.Districts.Select(district => (outbreak.Disease * Rows) + 1 + district)], cards[c]);
        }
    }

    private static Evidence[][] Evidence(SimulatedCity city)
    {
        var evidence = new Evidence[SimulatedDisease.All.Count * Rows][];
        var detector = CombinedDetector.Create(CombinedOptions.Daily).Value;
        for (var row = 0; row < evidence.Length; row++)
        {
            var (disease, district) = (row / Rows, (row % Rows) - 1);
            var counts = district < 0 ? city.Whole(disease) : city.Counts[(disease * SimulatedCity.Districts) + district];
            evidence[row] = new Evidence[SimulatedCity.Days];
            Require(detector.Detect(counts, SimulatedCity.Past, evidence[row]));
        }

        return evidence;
    }

    /// <summary>Every outbreak, then a sham one of the same places and length half a year off, then the alarms.</summary>
    private static void JudgeAll(SimulatedCity city, AlarmTable table, Func<SimulatedOutbreak, int[]> rows, Scorecard card)
    {
        foreach (var outbreak in city.Outbreaks)
            table.Judge(rows(outbreak), outbreak.Start - SimulatedCity.Past, outbreak.End - SimulatedCity.Past, outbreak.Ratio, card);
        foreach (var outbreak in city.Outbreaks)
        {
            var start = (outbreak.Start - SimulatedCity.Past + (SimulatedCity.Days / 2)) % SimulatedCity.Days;
            table.JudgeSham(rows(outbreak), start, start + outbreak.End - outbreak.Start, card);
        }

        table.Count(1, card);
    }

    private static void Require(Problem? problem)
    {
        if (problem is not null)
            throw new InvalidOperationException(problem.Message.ToString());
    }
}
