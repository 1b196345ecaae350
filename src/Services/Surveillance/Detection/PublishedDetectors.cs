using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The published detectors with their usual settings: to run them all on a series, and to say which of them agree with a signal.
/// </summary>
public static class PublishedDetectors
{
    private const double FewestCases = 10;

    /// <summary>Those that judge daily counts.</summary>
    public static IReadOnlyList<PublishedDetector> Daily { get; } =
    [
        new("moving percentile", static (counts, first, percentile, scores) => MovingPercentile.Detect(counts, first, new() { Percentile = percentile }, scores)),
        new("EARS C1", static (counts, first, _, scores) => Ears.C1(counts, first, new(), scores)),
        new("EARS C2", static (counts, first, _, scores) => Ears.C2(counts, first, new(), scores)),
        new("EARS C3", static (counts, first, _, scores) => Ears.C3(counts, first, new() { Alpha = 0.025 }, scores)),
        new("EWMA", static (counts, first, _, scores) => Ewma.Detect(counts, first, new(), scores)),
        new("CUSUM", static (counts, first, _, scores) => Cusum.Detect(counts, first, new(), scores)),
        new("Bayes", static (counts, first, _, scores) => BayesDetector.Detect(counts, first, new() { Frequency = 365 }, scores)),
        new("RKI", static (counts, first, _, scores) => Rki.Detect(counts, first, new() { Frequency = 365 }, scores)),
    ];

    /// <summary>Those that judge weekly counts, with three earlier years at most where they compare years.</summary>
    public static IReadOnlyList<PublishedDetector> Weekly { get; } = WeeklyOver(3);

    /// <summary>As <see cref="Weekly"/>, with another number of earlier years.</summary>
    public static IReadOnlyList<PublishedDetector> WeeklyOver(int years) =>
    [
        new("moving percentile", (counts, first, percentile, scores) => MovingPercentile.Detect(
            counts, first, new() { Percentile = percentile, Window = 1, Step = 1, Years = years, Calendar = Calendar.Weeks }, scores)),
        new("Farrington", (counts, first, _, scores) => Farrington.Detect(counts, first, new() { Years = years }, scores)),
        new("Farrington flexible", (counts, first, _, scores) => FarringtonFlexible.Detect(counts, first, new() { Years = years }, scores)),
        new("EARS C1", static (counts, first, _, scores) => Ears.C1(counts, first, new(), scores)),
        new("EARS C2", static (counts, first, _, scores) => Ears.C2(counts, first, new(), scores)),
        new("EARS C3", static (counts, first, _, scores) => Ears.C3(counts, first, new() { Alpha = 0.025 }, scores)),
        new("Bayes", static (counts, first, _, scores) => BayesDetector.Detect(counts, first, new(), scores)),
        new("RKI", static (counts, first, _, scores) => Rki.Detect(counts, first, new(), scores)),
        new("CUSUM", static (counts, first, _, scores) => Cusum.Detect(counts, first, new(), scores)),
        new("EWMA", static (counts, first, _, scores) => Ewma.Detect(counts, first, new(), scores)),
        new("Serfling", static (counts, first, _, scores) => Serfling.Detect(counts, first, new() { Frequency = 52 }, scores)),
        new("outbreakP", static (counts, first, _, scores) => OutbreakP.Detect(counts, first, new(), scores)),
        new("likelihood ratio", static (counts, first, _, scores) => LikelihoodRatio(counts, first, new(), scores)),
    ];

    /// <summary>Names of the detectors of a list that raise an alarm at one point.</summary>
    public static IReadOnlyList<string> Agreeing(IReadOnlyList<PublishedDetector> detectors, ReadOnlySpan<double> counts, int at, double percentile)
    {
        var names = new List<string>();
        Span<Score> score = stackalloc Score[1];
        foreach (var detector in detectors)
        {
            if (detector.Detect(counts[..(at + 1)], at, percentile, score) is null && score[0].Alarm)
                names.Add(detector.Name);
        }

        return names;
    }

    /// <summary>
    /// The likelihood-ratio chart around a seasonal mean; with less than a year or fewer cases before than a season can be told from, or where the mean
    /// leaves the range of numbers, nothing is known and nothing alarms.
    /// </summary>
    public static Problem? LikelihoodRatio(ReadOnlySpan<double> counts, int first, SeasonalMeanOptions options, Span<Score> scores)
    {
        var means = new double[scores.Length];
        if (first <= counts.Length && (first < options.Frequency || FarringtonFit.Recent(counts, first - 1, first) < FewestCases))
            return Unknown(counts, first, scores);
        if (SeasonalMean.Extrapolate(counts, first, options, means).Try(out var overdispersion, out var problem))
        {
            if (Array.TrueForAll(means, static mean => mean > 0 && double.IsFinite(mean)))
                return LikelihoodRatioChart.Detect(counts, first, means, new() { Overdispersion = overdispersion }, scores);
        }
        else if (problem.Code != "surveillance.no-baseline")
        {
            return problem;
        }

        return Unknown(counts, first, scores);
    }

    private static Problem? Unknown(ReadOnlySpan<double> counts, int first, Span<Score> scores)
    {
        if (Series.Check(counts, first, scores.Length) is { } problem)
            return problem;
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Score.Unknown(first + i, counts[first + i]);
        return null;
    }
}
