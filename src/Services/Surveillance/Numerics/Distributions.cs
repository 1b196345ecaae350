using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>
/// Distribution functions and quantiles of the laws that counts follow. A discrete quantile is the smallest whole number
/// whose distribution function reaches p. Special functions come from MathNet.Numerics; nothing here allocates.
/// </summary>
internal static class Distributions
{
    /// <summary>Relative slack on p, so that a p that is itself a sum of probabilities finds its own quantile.</summary>
    private const double Slack = 64 * 2.220446049250313e-16;

    public static double NormalQuantile(double p) => Normal.InvCDF(0, 1, p);

    public static double NormalCdf(double x) => Normal.CDF(0, 1, x);

    public static double GammaCdf(double x, double shape, double scale) =>
        x <= 0 ? 0 : SpecialFunctions.GammaLowerRegularized(shape, x / scale);

    /// <summary>P(K ≤ k) for a Poisson count of the given mean.</summary>
    public static double PoissonCdf(double k, double mean)
    {
        if (k < 0)
            return 0;
        return mean <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(Math.Floor(k) + 1, mean);
    }

    /// <summary>P(K ≤ k) for a negative binomial count with the given mean and size (variance = mean + mean²/size).</summary>
    public static double NegativeBinomialCdf(double k, double mean, double size)
    {
        if (k < 0)
            return 0;
        return mean <= 0 ? 1 : SpecialFunctions.BetaRegularized(size, Math.Floor(k) + 1, size / (size + mean));
    }

    /// <summary>Two-sided p-value of Student's t with the given degrees of freedom.</summary>
    public static double StudentTwoSided(double t, double degrees) =>
        double.IsNaN(t) ? double.NaN : SpecialFunctions.BetaRegularized(degrees / 2, 0.5, degrees / (degrees + (t * t)));

    public static double PoissonQuantile(double p, double mean)
    {
        if (!(mean >= 0) || double.IsInfinity(mean))
            return double.NaN;
        if (mean == 0)
            return 0;
        var k = FirstGuess(p, mean, mean);
        return Search(p, k, mean, static (k, mean, _) => PoissonCdf(k, mean), 0);
    }

    public static double NegativeBinomialQuantile(double p, double mean, double size)
    {
        if (!(mean >= 0) || double.IsInfinity(mean) || !(size > 0))
            return double.NaN;
        if (mean == 0)
            return 0;
        if (double.IsInfinity(size))
            return PoissonQuantile(p, mean);
        var k = FirstGuess(p, mean, mean + (mean * mean / size));
        return Search(p, k, mean, static (k, mean, size) => NegativeBinomialCdf(k, mean, size), size);
    }

    /// <summary>
    /// Quantile of a gamma law: Chebyshev's steps of fourth order (Traub 1964, Iterative Methods, 5.1) from the Wilson–Hilferty
    /// start, kept inside a shrinking bracket. Measured in standard deviations the error falls with the fourth power of the step,
    /// so one of 2e-3 leaves 2e-11; the start is often that near.
    /// </summary>
    public static double GammaQuantile(double p, double shape, double scale) =>
        GammaQuantile(p, NormalQuantile(p), shape, scale, SpecialFunctions.GammaLn(shape + 1));

    /// <summary>
    /// The same where the normal quantile of p and log Γ(shape + 1) are known, because several quantiles of a law are asked for.
    /// </summary>
    public static double GammaQuantile(double p, double z, double shape, double scale, double logGamma)
    {
        if (p <= 0)
            return 0;
        if (p >= 1)
            return double.PositiveInfinity;
        var x = GammaStart(p, z, shape, logGamma);
        double low = 0, high = double.PositiveInfinity;
        var near = 2e-3 / Math.Sqrt(shape + 1);
        for (var step = 0; step < 200; step++)
        {
            var power = GammaPower(shape, x, logGamma);
            var gap = GammaCdfOfPower(shape, x, power) - p;
            if (gap > 0)
                high = x;
            else
                low = x;
            var move = gap * x / (power * shape);
            var close = Math.Abs(move) <= near * x;
            if (close)
            {
                // Half the second and a sixth of the third derivative of the distribution function, over the first.
                var slope = ((shape - 1) / x) - 1;
                var (second, third) = (slope / 2, ((slope * slope) - ((shape - 1) / (x * x))) / 6);
                move *= 1 + (move * (second + (move * ((2 * second * second) - third))));
            }

            var next = x - move;
            if (!(next > low && next < high))
            {
                next = double.IsInfinity(high) ? 2 * x : (low + high) / 2;
                close = Math.Abs(next - x) <= 1e-14 * x;
            }

            if (close)
                return next * scale;
            x = next;
        }

        return x * scale;
    }

    /// <summary>xᵃ e⁻ˣ / Γ(a + 1): what the distribution function and the density (times x / a) of a gamma law share.</summary>
    public static double GammaPower(double shape, double x, double logGamma) => Math.Exp((shape * Math.Log(x)) - x - logGamma);

    /// <summary>
    /// P(X ≤ x) of a gamma law of scale one, by its power: the power times 1 + x / (a + 1) + x² / ((a + 1)(a + 2)) + …, whose terms are
    /// all positive (Abramowitz, Stegun 1964, 6.5.29); far beyond the mean by the continued fraction of the other tail.
    /// </summary>
    public static double GammaCdfOfPower(double shape, double x, double power)
    {
        if (x > shape + 40 + (10 * Math.Sqrt(shape)))
            return SpecialFunctions.GammaLowerRegularized(shape, x);
        double sum = 1, term = 1;
        for (var next = shape + 1; term > sum * 1e-17; next++)
        {
            term *= x / next;
            sum += term;
        }

        return power * sum;
    }

    private static double GammaStart(double p, double z, double shape, double logGamma)
    {
        var ninth = 1 / (9 * shape);
        var cube = 1 - ninth + (z * Math.Sqrt(ninth));
        var x = shape * cube * cube * cube;
        return x > 1e-3 * shape ? x : Math.Exp((Math.Log(p) + logGamma) / shape);
    }

    private static double FirstGuess(double p, double mean, double variance) =>
        Math.Max(0, Math.Floor(mean + (NormalQuantile(p) * Math.Sqrt(variance))));

    /// <summary>Brackets the quantile with doubling steps from the guess, then halves the bracket.</summary>
    private static double Search(double p, double guess, double mean, Func<double, double, double, double> cdf, double size)
    {
        if (p <= 0)
            return 0;
        if (p >= 1)
            return double.PositiveInfinity;
        p *= 1 - Slack;
        double low = -1, high = guess, step = 1;
        while (cdf(high, mean, size) < p)
        {
            low = high;
            high += step;
            step *= 2;
        }

        step = 1;
        while (high - step > low && cdf(high - step, mean, size) >= p)
        {
            high -= step;
            step *= 2;
        }

        low = Math.Max(low, high - step);
        while (high - low > 1)
        {
            var middle = Math.Floor((low + high) / 2);
            if (middle <= low || middle >= high)
                break;
            if (cdf(middle, mean, size) >= p)
                high = middle;
            else
                low = middle;
        }

        return high;
    }
}
