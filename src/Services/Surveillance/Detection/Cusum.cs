using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The one-sided cumulative sum S_t = max(0, S_{t−1} + residual − k) with alarm at S_t ≥ h.
/// Rossi, Lampugnani, Marchi (1999), Statistics in Medicine 18:2111–2122; Page (1954), Biometrika 41:100–115.
/// The upper bound is the smallest count that would raise an alarm at this point.
/// </summary>
public static class Cusum
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>; the chart starts at zero there and steps
    /// over gaps. <see cref="Score.Statistic"/> is S_t.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, CusumOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var mean = options.Mean ?? Series.Mean(counts[..first]);
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var y = counts[at];
            if (!(mean > 0))
            {
                scores[i] = Score.Unknown(at, y);
                continue;
            }

            var upper = SmallestAlarming(sum, mean, options);
            if (double.IsNaN(y))
            {
                scores[i] = new Score(at, y, mean, upper, false, sum);
                continue;
            }

            sum = Step(sum, y, mean, options);
            scores[i] = new Score(at, y, mean, upper, sum >= options.H, sum);
            if (options.Reset && sum >= options.H)
                sum = 0;
        }

        return null;
    }

    private static double Step(double sum, double y, double mean, CusumOptions options) =>
        Math.Max(0, sum + Residual(y, mean, options.Residual) - options.K);

    private static double Residual(double y, double mean, CusumResidual kind) => kind switch
    {
        CusumResidual.Rossi => (y - (3 * mean) + (2 * Math.Sqrt(mean * y))) / (2 * Math.Sqrt(mean)),
        CusumResidual.Anscombe => 1.5 * (Math.Pow(y, 2.0 / 3) - Math.Pow(mean, 2.0 / 3)) / Math.Pow(mean, 1.0 / 6),
        CusumResidual.None => y - mean,
        _ => (y - mean) / Math.Sqrt(mean),
    };

    /// <summary>Every residual grows with the count, so the bound is bracketed by doubling and found by halving.</summary>
    private static double SmallestAlarming(double sum, double mean, CusumOptions options)
    {
        if (Step(sum, 0, mean, options) >= options.H)
            return 0;
        double low = 0, high = 1;
        while (Step(sum, high, mean, options) < options.H)
        {
            low = high;
            high *= 2;
        }

        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);
            if (Step(sum, middle, mean, options) >= options.H)
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, CusumOptions options, int length)
    {
        if (!(options.K >= 0))
            return Series.BadOption(nameof(options.K), "zero or more");
        if (options.H is not (> 0 and < double.PositiveInfinity))
            return Series.BadOption(nameof(options.H), "above zero");
        if (options.Mean is { } mean && !(mean > 0 && double.IsFinite(mean)))
            return Series.BadOption(nameof(options.Mean), "above zero");
        return Series.Check(counts, first, length);
    }
}
