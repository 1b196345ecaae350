using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Evaluation;

/// <summary>
/// Replays weekly series whose outbreak weeks are known, week by week: the published detectors, and the combined one at a p-value of
/// 0.01.
/// </summary>
public static class KnownOutbreaks
{
    private const double Percentile = 0.9;
    private const double Alpha = 0.01;

    /// <summary>
    /// Judges every detector on series of counts with outbreak weeks (positive where there is an outbreak), from
    /// <paramref name="first"/> on, with so many earlier years where a method compares years.
    /// </summary>
    public static IReadOnlyList<Scorecard> Run(IReadOnlyList<(double[] Counts, double[] Outbreak)> series, int first, int years)
    {
        PublishedDetector[] detectors = [new("combined", Combined), .. PublishedDetectors.WeeklyOver(years)];
        var cards = detectors.Select(detector => new Scorecard(detector.Name)).ToArray();
        foreach (var (counts, outbreak) in series)
        {
            var scores = new Score[counts.Length - first];
            for (var d = 0; d < detectors.Length; d++)
            {
                var table = new AlarmTable(1, scores.Length) { Quiet = 2, Echo = 4 };
                if (detectors[d].Detect(counts, first, Percentile, scores) is { } problem)
                    throw new InvalidOperationException(problem.Message.ToString());
                for (var week = 0; week < scores.Length; week++)
                    table.Set(0, week, scores[week].Alarm);
                foreach (var (start, end, ratio) in Runs(counts, outbreak, first))
                    table.Judge([0], start - first, end - first, ratio, cards[d]);
                table.Count(scores.Length / 52.0, cards[d]);
            }
        }

        return cards;
    }

    /// <summary>The combined detector on weekly counts, in the shape of the others.</summary>
    public static Problem? Combined(ReadOnlySpan<double> counts, int first, double percentile, Span<Score> scores)
    {
        var evidence = new Evidence[scores.Length];
        if (CombinedDetector.Create(CombinedOptions.Weekly).Value.Detect(counts, first, evidence) is { } problem)
            return problem;
        for (var i = 0; i < scores.Length; i++)
            scores[i] = evidence[i].ToScore(Alpha);
        return null;
    }

    /// <summary>Outbreak weeks in a row from the first judged week on, with their cases over those of an average week.</summary>
    private static IEnumerable<(int Start, int End, double Ratio)> Runs(double[] counts, double[] outbreak, int first)
    {
        for (var week = first; week < outbreak.Length; week++)
        {
            if (!(outbreak[week] > 0) || (week > first && outbreak[week - 1] > 0))
                continue;
            var end = week;
            while (end + 1 < outbreak.Length && outbreak[end + 1] > 0)
                end++;
            yield return (week, end, counts[week..(end + 1)].Average() / Math.Max(0.1, counts[..week].Average()));
        }
    }
}
