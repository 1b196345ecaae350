using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Semiparametric detection of an outbreak's onset: the likelihood ratio of a mean that never falls (isotonic regression)
/// against a constant mean, for Poisson counts, with no assumption on level or shape.
/// Frisén, Andersson (2009), Semiparametric surveillance of monotonic changes, Sequential Analysis 28:434–454;
/// Frisén, Andersson, Schiöler (2009), Robust outbreak surveillance of epidemics in Sweden, Statistics in Medicine 28:476–493.
/// The isotonic fit grows by one point at a time (pool adjacent violators), so a series costs time linear in its length.
/// </summary>
public static class OutbreakP
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>; the whole series up to each point is
    /// used, without its gaps. <see cref="Score.Statistic"/> is the ratio (infinite beyond the range of numbers);
    /// <see cref="Score.Upper"/> is the smallest count that would reach the threshold, so an alarm is observed ≥ upper; NaN
    /// at the first point, which no count can make alarm.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, OutbreakPOptions options, Span<Score> scores)
    {
        if (!(options.Threshold > 1) || double.IsInfinity(options.Threshold))
            return Series.BadOption(nameof(options.Threshold), "above one");
        if (Series.Check(counts, first, scores.Length) is { } problem)
            return problem;
        var fit = new MonotoneFit(first + scores.Length);
        var logThreshold = Math.Log(options.Threshold);
        for (var at = 0; at < first + scores.Length; at++)
        {
            var y = counts[at];
            if (at >= first)
                scores[at - first] = Judge(at, y, fit, logThreshold);
            if (!double.IsNaN(y))
                fit.Add(y);
        }

        fit.GiveBack();
        return null;
    }

    private static Score Judge(int at, double y, MonotoneFit fit, double logThreshold)
    {
        if (fit.Count == 0)
            return Score.Unknown(at, y);
        var upper = SmallestAlarming(fit, logThreshold);
        var log = double.IsNaN(y) ? double.NaN : fit.LogRatioWith(y);
        return new Score(at, y, fit.Mean, upper, log >= logThreshold, Math.Exp(log));
    }

    /// <summary>
    /// The ratio first falls and then grows with the last count; a count below the running ratio's turn cannot help, so the
    /// search runs over counts from the mean of the last block up, after zero itself.
    /// </summary>
    private static double SmallestAlarming(MonotoneFit fit, double logThreshold)
    {
        if (fit.LogRatioWith(0) >= logThreshold)
            return 0;
        double low = 0, high = Math.Max(1, Math.Ceiling(fit.LastMean));
        while (fit.LogRatioWith(high) < logThreshold)
        {
            low = high;
            high *= 2;
        }

        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);
            if (fit.LogRatioWith(middle) >= logThreshold)
                high = middle;
            else
                low = middle;
        }

        return high;
    }
}
