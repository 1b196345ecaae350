using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The exponentially weighted moving average z_t = λ y_t + (1 − λ) z_{t−1} of Poisson counts, with the limit
/// μ + L √(σ² λ / (2 − λ) (1 − (1 − λ)^(2t))). Borror, Champ, Rigdon (1998), Poisson EWMA control charts, Journal of Quality
/// Technology 30:352–361; with a moving baseline, whose variance is used when above the Poisson one: Elbert, Burkom (2009),
/// Statistics in Medicine 28:3226–3248.
/// </summary>
public static class Ewma
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>, where the chart starts at its mean; gaps
    /// are stepped over. <see cref="Score.Statistic"/> is z_t, <see cref="Score.Upper"/> the count above which it passes the
    /// limit; NaN without a positive mean.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, EwmaOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        double smoothed = double.NaN, decay = 1;
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var (mean, variance) = Control(counts, at, options);
            if (!(mean > 0))
            {
                scores[i] = Score.Unknown(at, counts[at]);
                continue;
            }

            if (double.IsNaN(smoothed))
                smoothed = mean;
            var next = (options.Lambda * counts[at]) + ((1 - options.Lambda) * smoothed);
            var shrunk = decay * (1 - options.Lambda) * (1 - options.Lambda);
            var limit = mean + (options.Width * Math.Sqrt(variance * options.Lambda / (2 - options.Lambda) * (1 - shrunk)));
            var upper = Math.Max(0, (limit - ((1 - options.Lambda) * smoothed)) / options.Lambda);
            scores[i] = new Score(at, counts[at], mean, upper, next > limit, next);
            if (double.IsNaN(counts[at]))
                continue;
            smoothed = next;
            decay = shrunk;
        }

        return null;
    }

    private static (double Mean, double Variance) Control(ReadOnlySpan<double> counts, int at, EwmaOptions options)
    {
        if (options.Mean is { } given)
            return (given, given);
        var start = at - options.Lag - options.Baseline;
        if (start < 0)
            return (double.NaN, double.NaN);
        var (mean, sd, present) = Series.Moments(counts.Slice(start, options.Baseline));
        return present < 3 ? (double.NaN, double.NaN) : (mean, Math.Max(mean, sd * sd));
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, EwmaOptions options, int length)
    {
        if (options.Lambda is not (> 0 and <= 1))
            return Series.BadOption(nameof(options.Lambda), "above 0 and at most 1");
        if (!(options.Width > 0))
            return Series.BadOption(nameof(options.Width), "above zero");
        if (options.Mean is { } mean && !(mean > 0 && double.IsFinite(mean)))
            return Series.BadOption(nameof(options.Mean), "above zero");
        if (options.Baseline < 3 || options.Lag < 0)
            return Series.BadOption(nameof(options.Baseline), "at least 3, with a lag of zero or more");
        return Series.Check(counts, first, length);
    }
}
