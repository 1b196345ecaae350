using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Bayesian prediction of a Poisson count: with Jeffreys' prior Gamma(1/2, 0) on the rate and n reference counts of sum s,
/// the next count is negative binomial with size s + 1/2 and mean (s + 1/2) / n; the threshold is its 1 − alpha quantile.
/// Riebler (2004), Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung, LMU Munich; described by Höhle
/// (2007), Computational Statistics 22:571–582.
/// </summary>
public static class BayesDetector
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>; alarm when observed &gt; upper.
    /// <see cref="Score.Statistic"/> is the predictive chance of a count of at least the observed one: a p-value.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, ReferenceOptions options, Span<Score> scores)
    {
        if (Reference.Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        Span<double> reference = new double[Reference.Capacity(options)];
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var n = Reference.Gather(counts, at, options, reference);
            scores[i] = n < 1 ? Score.Unknown(at, counts[at]) : Judge(at, counts[at], reference[..n], options.Alpha);
        }

        return null;
    }

    private static Score Judge(int at, double observed, ReadOnlySpan<double> reference, double alpha)
    {
        var size = 0.5;
        foreach (var count in reference)
            size += count;
        var mean = size / reference.Length;
        var upper = Distributions.NegativeBinomialQuantile(1 - alpha, mean, size);
        var tail = double.IsNaN(observed) ? double.NaN : 1 - Distributions.NegativeBinomialCdf(Math.Ceiling(observed) - 1, mean, size);
        return new Score(at, observed, mean, upper, observed > upper, tail);
    }
}
