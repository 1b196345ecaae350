using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;
using SpecialFunctions = MathNet.Numerics.SpecialFunctions;

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
        var logGamma = SpecialFunctions.GammaLn(shape + 1);
        // Distribution functions at k, k − 1 and k − 2, of the shape itself and of the next one: P(a + 1, x) = P(a, x) − xᵃ e⁻ˣ / Γ(a + 1).
        double plain1 = 0, plain2 = 0, next1 = 0, next2 = 0;
        for (var k = 0; k < weights.Length; k++)
        {
            var x = k / scale;
            var power = k == 0 ? 0 : Distributions.GammaPower(shape, x, logGamma);
            var plain = k == 0 ? 0 : Distributions.GammaCdfOfPower(shape, x, power);
            var next = plain - power;
            var own = (k * plain) + ((k - 2) * plain2) - (2 * (k - 1) * plain1);
            weights[k] = Math.Max(0, own + (shape * scale * ((2 * next1) - next2 - next)));
            (plain2, plain1, next2, next1) = (plain1, plain, next1, next);
        }
    }
}
