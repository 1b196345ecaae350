using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>Discrete serial-interval distributions: w[s] is the chance that a secondary case falls s days after its infector.</summary>
public static class SerialInterval
{
    /// <summary>
    /// The gamma serial interval shifted by one day, made discrete by the triangle kernel of Cori, Ferguson, Fraser,
    /// Cauchemez (2013), American Journal of Epidemiology 178:1505–1512, web appendix 11. <paramref name="mean"/> &gt; 1 and
    /// <paramref name="sd"/> &gt; 0, in days; w[0] = 0. <paramref name="length"/> entries, not scaled to add up to one.
    /// </summary>
    public static Result<double[]> Discretise(double mean, double sd, int length)
    {
        if (!(mean > 1) || !double.IsFinite(mean))
            return Series.BadOption(nameof(mean), "above one day");
        if (!(sd > 0) || !double.IsFinite(sd))
            return Series.BadOption(nameof(sd), "above zero");
        if (length < 2)
            return Series.BadOption(nameof(length), "at least 2");
        var weights = new double[length];
        Fill(mean, sd, weights);
        return weights;
    }

    /// <summary>The problem with a distribution given by the caller, or null: w[0] = 0, none negative, sum one to 1e-3.</summary>
    internal static Problem? Check(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            if (!(weight >= 0))
                return Series.BadOption("serial interval", "without negative or missing entries");
            sum += weight;
        }

        if (weights.Length < 2 || weights[0] != 0)
            return Series.BadOption("serial interval", "zero on day 0 and given for at least day 1");
        return Math.Abs(sum - 1) > 1e-3 ? Series.BadOption("serial interval", "a distribution that adds up to one") : null;
    }

    /// <summary>Mean of a distribution, in days.</summary>
    internal static double MeanOf(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        for (var s = 1; s < weights.Length; s++)
            sum += s * weights[s];
        return sum;
    }

    internal static void Fill(double mean, double sd, Span<double> weights)
    {
        var shape = (mean - 1) / sd * ((mean - 1) / sd);
        var scale = sd * sd / (mean - 1);
        for (var k = 0; k < weights.Length; k++)
        {
            var plain = (k * Cdf(k, shape, scale)) + ((k - 2) * Cdf(k - 2, shape, scale)) - (2 * (k - 1) * Cdf(k - 1, shape, scale));
            var next = (2 * Cdf(k - 1, shape + 1, scale)) - Cdf(k - 2, shape + 1, scale) - Cdf(k, shape + 1, scale);
            weights[k] = Math.Max(0, plain + (shape * scale * next));
        }
    }

    private static double Cdf(double x, double shape, double scale) => Distributions.GammaCdf(x, shape, scale);
}
