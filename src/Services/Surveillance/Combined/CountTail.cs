using MathNet.Numerics;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>Upper tails of count laws with full relative precision far out, and the combination of dependent p-values.</summary>
internal static class CountTail
{
    private const double Smallest = 1e-300;
    private const double Largest = 0.99;

    /// <summary>Mean over size from which terms of a negative binomial law fall by less than a twentieth.</summary>
    private const double LongTail = 20;

    /// <summary>
    /// P(K &gt; k) + P(K = k) / 2 of a negative binomial count (Poisson where <paramref name="size"/> is infinite). Above the mean
    /// the tail is summed term by term, below it comes from the distribution function.
    /// </summary>
    public static double MidP(double k, double mean, double size)
    {
        k = Math.Round(k);
        if (!(mean > 0))
            return k > 0 ? Smallest : 0.5;
        var own = Probability(k, mean, size);
        if (k <= mean)
        {
            var cdf = double.IsInfinity(size) ? Distributions.PoissonCdf(k, mean) : Distributions.NegativeBinomialCdf(k, mean, size);
            return Math.Clamp(1 - cdf + (own / 2), Smallest, 1);
        }

        // Below that the terms would stop falling: they lose their digits.
        if (own < Smallest)
            return Smallest;

        // A long tail, of terms that hardly fall, comes from the incomplete beta function: P(K ≥ k) = I(share; k, size).
        if (mean > size * LongTail)
            return Math.Clamp(SpecialFunctions.BetaRegularized(k, size, mean / (size + mean)) - (own / 2), Smallest, 1);

        // P(K = j + 1) / P(K = j) is (j + size) / (j + 1) × mean / (size + mean), below one from the mean on.
        var share = double.IsInfinity(size) ? 0 : mean / (size + mean);
        var start = double.IsInfinity(size) ? mean : size * share;
        double sum = own / 2, term = own;
        for (var j = k; term > sum * 1e-12; j++)
        {
            term *= (start + (j * share)) / (j + 1);
            sum += term;
        }

        return Math.Clamp(sum, Smallest, 1);
    }

    /// <summary>
    /// The Cauchy combination of p-values that depend on each other in any way: Liu, Xie (2020), Journal of the American
    /// Statistical Association 115:393–402. One strong window is not drowned by the others, as it would be in a sum of z-values.
    /// P-values are cut at 0.99, because a window without cases is no evidence against an outbreak in another.
    /// </summary>
    public static double Cauchy(ReadOnlySpan<WindowScore> windows)
    {
        double sum = 0;
        foreach (var window in windows)
            sum += Cotangent(window.PValue);
        return FromCotangent(sum / windows.Length);
    }

    private static double Cotangent(double p)
    {
        p = Math.Min(p, Largest);
        return p < 1e-8 ? 1 / (Math.PI * p) : 1 / Math.Tan(Math.PI * p);
    }

    private static double FromCotangent(double x) => x > 1e8 ? 1 / (Math.PI * x) : 0.5 - (Math.Atan(x) / Math.PI);

    private static double Probability(double k, double mean, double size)
    {
        if (double.IsInfinity(size))
            return k == 0 ? Math.Exp(-mean) : Math.Exp((k * Math.Log(mean)) - mean - SpecialFunctions.GammaLn(k + 1));
        var zero = -size * Math.Log(1 + (mean / size));
        if (k > 40)
        {
            var ways = SpecialFunctions.GammaLn(k + size) - SpecialFunctions.GammaLn(size) - SpecialFunctions.GammaLn(k + 1);
            return Math.Exp(zero + ways + (k * Math.Log(mean / (size + mean))));
        }

        double product = 1, share = mean / (size + mean);
        for (var j = 0; j < k; j++)
            product *= (size + j) * share / (j + 1);
        return product * Math.Exp(zero);
    }
}
