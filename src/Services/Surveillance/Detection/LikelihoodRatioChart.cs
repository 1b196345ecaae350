using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The generalised likelihood-ratio chart for Poisson and negative binomial counts around a time-varying in-control mean:
/// the largest log-likelihood ratio, over change points k and upward factors e^κ, of means μ_t e^κ from k on.
/// Höhle, Paul (2008), Count data regression charts for the monitoring of surveillance time series, Computational
/// Statistics and Data Analysis 52:4357–4368.
/// </summary>
public static class LikelihoodRatioChart
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/> against their in-control
    /// <paramref name="means"/>; the chart starts there and again after each alarm, and steps over gaps.
    /// <see cref="Score.Statistic"/> is the ratio, <see cref="Score.Upper"/> the smallest count that would alarm, so an
    /// alarm is observed ≥ upper.
    /// </summary>
    public static Problem? Detect(
        ReadOnlySpan<double> counts, int first, ReadOnlySpan<double> means, GlrOptions options, Span<Score> scores)
    {
        if (Check(counts, first, means, options, scores.Length) is { } problem)
            return problem;
        var start = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var y = counts[first + i];
            var oldest = options.Window > 0 ? Math.Max(start, i - options.Window + 1) : start;
            var earlier = counts.Slice(first + oldest, i - oldest);
            var stretch = means.Slice(oldest, i - oldest + 1);
            var statistic = double.IsNaN(y) ? double.NaN : Ratio(earlier, y, stretch, options);
            var alarm = statistic >= options.Threshold;
            var upper = options.Bounds ? SmallestAlarming(earlier, stretch, options) : double.NaN;
            scores[i] = new Score(first + i, y, means[i], upper, alarm, statistic);
            if (alarm)
                start = i + 1;
        }

        return null;
    }

    /// <summary>Largest log-likelihood ratio over the change points, at least zero, when the last count is y.</summary>
    private static double Ratio(ReadOnlySpan<double> earlier, double y, ReadOnlySpan<double> means, GlrOptions options)
    {
        double cases = y, expected = means[^1], best = 0;
        for (var k = means.Length - 1; k >= 0; k--)
        {
            if (k < earlier.Length)
            {
                if (double.IsNaN(earlier[k]))
                    continue;
                cases += earlier[k];
                expected += means[k];
            }

            if (cases <= expected)
                continue;
            best = Math.Max(best, options.Overdispersion == 0
                ? (cases * Math.Log(cases / expected)) - (cases - expected)
                : NegativeBinomial(earlier[Math.Min(k, earlier.Length)..], y, means[k..], options.Overdispersion, Math.Log(cases / expected)));
        }

        return best;
    }

    /// <summary>Maximum over κ ≥ 0 of the negative binomial log-likelihood ratio, concave in κ: Newton from the Poisson κ.</summary>
    private static double NegativeBinomial(
        ReadOnlySpan<double> earlier, double y, ReadOnlySpan<double> means, double alpha, double kappa)
    {
        double value = 0;
        for (var step = 0; step < 50; step++)
        {
            var factor = Math.Exp(kappa);
            value = 0;
            double slope = 0, curve = 0;
            for (var t = 0; t < means.Length; t++)
            {
                var count = t < earlier.Length ? earlier[t] : y;
                if (double.IsNaN(count))
                    continue;
                var shifted = alpha * means[t] * factor;
                var share = shifted / (1 + shifted);
                var weight = count + (1 / alpha);
                value += (count * kappa) - (weight * Math.Log((1 + shifted) / (1 + (alpha * means[t]))));
                slope += count - (weight * share);
                curve -= weight * share * (1 - share);
            }

            var next = Math.Clamp(kappa - (slope / curve), 0, kappa + 3);
            if (Math.Abs(next - kappa) < 1e-10)
                break;
            kappa = next;
        }

        return value;
    }

    private static double SmallestAlarming(ReadOnlySpan<double> earlier, ReadOnlySpan<double> means, GlrOptions options)
    {
        if (Ratio(earlier, 0, means, options) >= options.Threshold)
            return 0;
        double low = 0, high = Math.Max(1, Math.Ceiling(means[^1]));
        while (Ratio(earlier, high, means, options) < options.Threshold)
        {
            low = high;
            high *= 2;
        }

        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);

            // Above 2^53 there is no whole number between.
            if (middle <= low || middle >= high)
                break;
            if (Ratio(earlier, middle, means, options) >= options.Threshold)
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    private static Problem? Check(
        ReadOnlySpan<double> counts, int first, ReadOnlySpan<double> means, GlrOptions options, int length)
    {
        if (options.Threshold is not (> 0 and < double.PositiveInfinity))
            return Series.BadOption(nameof(options.Threshold), "above zero");
        if (options.Overdispersion is not (>= 0 and < 1e6))
            return Series.BadOption(nameof(options.Overdispersion), "zero or more");
        if (options.Window < 0)
            return Series.BadOption(nameof(options.Window), "zero or more");
        if (means.Length != length)
            return Series.BadOption(nameof(means), "one for each point scored");
        foreach (var mean in means)
        {
            if (!(mean > 0) || !double.IsFinite(mean))
                return Series.BadOption(nameof(means), "above zero and finite");
        }

        return Series.Check(counts, first, length);
    }
}
