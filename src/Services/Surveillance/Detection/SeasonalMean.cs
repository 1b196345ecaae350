using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The in-control mean of a seasonal series: log-linear in time with harmonics of the year, Poisson or negative binomial,
/// fitted to the points before the first one scored and extrapolated (Höhle, Paul 2008, 2.1).
/// </summary>
public static class SeasonalMean
{
    /// <summary>
    /// Fits the points before <paramref name="first"/> and writes the means of the points from there on.
    /// Returns the overdispersion α of the variance μ + α μ² (zero when <paramref name="options"/> ask for Poisson, or when
    /// the counts vary no more than that).
    /// </summary>
    public static Result<double> Extrapolate(
        ReadOnlySpan<double> counts, int first, SeasonalMeanOptions options, Span<double> means)
    {
        if (Series.Check(counts, first, means.Length) is { } problem)
            return problem;
        if (options.Harmonics < 0 || options.Frequency < 2)
            return Series.BadOption(nameof(options.Harmonics), "zero or more, with a frequency of at least 2");
        var slopes = (2 * options.Harmonics) + (options.Trend ? 1 : 0);
        var fit = new LogLinearFit(first, levels: 1, slopes) { Slopes = slopes };
        var overdispersion = Extrapolate(counts, first, options, fit, means);
        fit.GiveBack();
        return overdispersion;
    }

    private static Result<double> Extrapolate(ReadOnlySpan<double> counts, int first, SeasonalMeanOptions options, LogLinearFit fit, Span<double> means)
    {
        Span<double> x = new double[fit.Slopes];
        var waves = Waves.Of(options.Frequency, options.Harmonics);
        double cases = 0;
        for (var t = 0; t < first; t++)
        {
            if (double.IsNaN(counts[t]))
                continue;
            Design(t - first, waves, options, x);
            fit.Add(counts[t], 0, x);
            cases += counts[t];
        }

        var size = double.PositiveInfinity;
        if (cases == 0 || !(options.Overdispersed ? NegativeBinomialSize.Fit(fit, out size) : fit.Fit()))
        {
            return new Problem(ProblemKind.Incorrect, "surveillance.no-baseline",
                "The points before the first one scored hold too few cases or points for a seasonal mean.");
        }

        for (var i = 0; i < means.Length; i++)
        {
            Design(i, waves, options, x);
            means[i] = Math.Exp(fit.Predict(0, x).Eta);
        }

        return double.IsInfinity(size) ? 0 : 1 / size;
    }

    private static void Design(int afterFirst, Waves waves, SeasonalMeanOptions options, Span<double> x)
    {
        waves.Fill(afterFirst, x);
        if (options.Trend)
            x[^1] = afterFirst / (double)options.Frequency;
    }
}
