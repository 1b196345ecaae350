using System.Buffers;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Serfling's cyclic regression: the expected count is a line plus harmonics of the year, fitted by least squares to earlier
/// points that are not epidemic. Serfling (1963), Public Health Reports 78:494–506; Pelat, Boëlle, Cowling, Carrat, Flahault,
/// Ansart, Valleron (2007), Online detection and quantification of epidemics, BMC Medical Informatics 7:29.
/// </summary>
public static class Serfling
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/> with one fit to the points before it;
    /// alarm when observed &gt; upper. All bounds are NaN when fewer than one year of points came before.
    /// <see cref="Score.Statistic"/> is the residual in standard deviations.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, SerflingOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var fit = new LeastSquares(2 + (2 * options.Harmonics));
        Span<double> x = new double[fit.Columns];
        var waves = Waves.Of(options.Frequency, options.Harmonics);
        var sd = Train(counts[..first], options, waves, fit, x);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            if (double.IsNaN(sd))
            {
                scores[i] = Score.Unknown(at, counts[at]);
                continue;
            }

            Design(i, waves, options, x);
            var mean = fit.Predict(x);
            var upper = mean + (options.Width * sd);
            scores[i] = new Score(at, counts[at], mean, upper, counts[at] > upper, (counts[at] - mean) / sd);
        }

        return null;
    }

    /// <summary>Fits the history and returns the residual standard deviation; NaN when it holds under a year of points.</summary>
    private static double Train(ReadOnlySpan<double> history, SerflingOptions options, Waves waves, LeastSquares fit, Span<double> x)
    {
        var present = ArrayPool<double>.Shared.Rent(history.Length);
        var n = 0;
        foreach (var count in history)
        {
            if (!double.IsNaN(count))
                present[n++] = count;
        }

        var highest = Percentile.OfUnsorted(present.AsSpan(0, n), 1 - options.Pruned);
        ArrayPool<double>.Shared.Return(present);
        if (n < options.Frequency - 1)
            return double.NaN;
        for (var t = 0; t < history.Length; t++)
        {
            if (!(history[t] <= highest))
                continue;
            Design(t - history.Length, waves, options, x);
            fit.Add(x, history[t], 1);
        }

        return fit.Solve() ? Math.Sqrt(fit.ResidualVariance) : double.NaN;
    }

    private static void Design(int afterFirst, Waves waves, SerflingOptions options, Span<double> x)
    {
        x[0] = 1;
        x[1] = afterFirst / options.Frequency;
        waves.Fill(afterFirst, x[2..]);
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, SerflingOptions options, int length)
    {
        if (options.Harmonics is < 0 or > 20)
            return Series.BadOption(nameof(options.Harmonics), "between 0 and 20");
        if (!(options.Frequency > 2 * Math.Max(1, options.Harmonics)) || !double.IsFinite(options.Frequency))
            return Series.BadOption(nameof(options.Frequency), "more than twice the harmonics");
        if (options.Pruned is not (>= 0 and < 1))
            return Series.BadOption(nameof(options.Pruned), "a share below 1");
        if (!(options.Width > 0))
            return Series.BadOption(nameof(options.Width), "above zero");
        return Series.Check(counts, first, length);
    }
}
