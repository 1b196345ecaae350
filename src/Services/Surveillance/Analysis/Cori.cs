using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;
using SpecialFunctions = MathNet.Numerics.SpecialFunctions;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The instantaneous reproduction number R(t): new cases over the infectiousness of those before, with a gamma posterior.
/// Cori, Ferguson, Fraser, Cauchemez (2013), A new framework and software to estimate time-varying reproduction numbers
/// during epidemics, American Journal of Epidemiology 178:1505–1512.
/// </summary>
public static class Cori
{
    /// <summary>
    /// R over sliding windows that end on days Window … n − 1 of <paramref name="incidence"/> (n local cases a day; the
    /// first day's are taken as imported). <paramref name="serialInterval"/>: w[0] = 0, w[s] for s days.
    /// </summary>
    public static Result<Reproduction[]> Estimate(
        ReadOnlySpan<double> incidence, ReadOnlySpan<double> serialInterval, CoriOptions options)
    {
        if ((Check(incidence, options) ?? SerialInterval.Check(serialInterval)) is { } problem)
            return problem;
        Span<double> infectiousness = new double[incidence.Length];
        Infectiousness(incidence, serialInterval, infectiousness);
        var results = new Reproduction[Windows(incidence.Length, options)];
        var mean = SerialInterval.MeanOf(serialInterval);
        for (var i = 0; i < results.Length; i++)
        {
            var (shape, scale) = Posterior(incidence, infectiousness, i + 1, options);
            // Day numbers count from one in the rule: no estimate before one mean serial interval has passed.
            results[i] = i + 1 + options.Window > mean ? Gamma(i + 1, options.Window, shape, scale) : Nothing(i + 1, options.Window);
        }

        return results;
    }

    /// <summary>R with the parametric serial interval of <see cref="SerialInterval.Discretise"/>; mean and sd in days.</summary>
    public static Result<Reproduction[]> Estimate(ReadOnlySpan<double> incidence, double mean, double sd, CoriOptions options)
    {
        var weights = SerialInterval.Discretise(mean, sd, Math.Max(2, incidence.Length));
        return weights.Try(out var value, out var problem) ? EstimateWith(incidence, value, options) : problem;
    }

    /// <summary>
    /// R when the serial interval itself is uncertain: the mixture of the posteriors over parametric serial intervals, whose
    /// means and standard deviations are drawn from truncated normal laws. Quantiles come from the pooled sample.
    /// </summary>
    public static Result<Reproduction[]> EstimateUncertain(
        ReadOnlySpan<double> incidence, UncertainSerialInterval interval, CoriOptions options)
    {
        if ((Check(incidence, options) ?? interval.Check()) is { } problem)
            return problem;
        var windows = Windows(incidence.Length, options);
        var sample = new double[windows * interval.Intervals * interval.DrawsEach];
        var random = new RandomDraws(interval.Seed);
        Span<double> infectiousness = new double[incidence.Length];
        Span<double> weights = new double[Math.Max(2, incidence.Length)];
        double meanOfMeans = 0;
        for (var n = 0; n < interval.Intervals; n++)
        {
            var (mean, sd) = interval.Draw(ref random);
            meanOfMeans += mean / interval.Intervals;
            SerialInterval.Fill(mean, sd, weights);
            Infectiousness(incidence, weights, infectiousness);
            for (var i = 0; i < windows; i++)
            {
                var (shape, scale) = Posterior(incidence, infectiousness, i + 1, options);
                var at = (i * interval.Intervals * interval.DrawsEach) + (n * interval.DrawsEach);
                for (var draw = 0; draw < interval.DrawsEach; draw++)
                    sample[at + draw] = random.Gamma(shape) * scale;
            }
        }

        return Summaries(sample, windows, meanOfMeans, options);
    }

    /// <summary>Λ_t = Σ_s I_{t−s} w_s: the infectiousness that earlier cases bear on each day.</summary>
    internal static void Infectiousness(ReadOnlySpan<double> incidence, ReadOnlySpan<double> weights, Span<double> into)
    {
        for (var t = 0; t < incidence.Length; t++)
        {
            double sum = 0;
            var longest = Math.Min(t, weights.Length - 1);
            for (var s = 1; s <= longest; s++)
                sum += incidence[t - s] * weights[s];
            into[t] = sum;
        }
    }

    private static Result<Reproduction[]> EstimateWith(ReadOnlySpan<double> incidence, double[] weights, CoriOptions options)
    {
        if (Check(incidence, options) is { } problem)
            return problem;
        double sum = 0;
        foreach (var weight in weights)
            sum += weight;
        // A short series cuts the tail of the interval off; what is left still weighs the days that were seen.
        return Math.Abs(sum - 1) <= 1e-3
            ? Estimate(incidence, weights, options)
            : new Problem(ProblemKind.Incorrect, "surveillance.series-too-short", "The series is shorter than the serial interval.");
    }

    private static Reproduction[] Summaries(double[] sample, int windows, double meanInterval, CoriOptions options)
    {
        var each = sample.Length / Math.Max(1, windows);
        var results = new Reproduction[windows];
        for (var i = 0; i < windows; i++)
        {
            var draws = sample.AsSpan(i * each, each);
            draws.Sort();
            var (mean, sd, _) = Series.Moments(draws);
            results[i] = i + 1 + options.Window > meanInterval
                ? new Reproduction(i + 1, i + options.Window, mean, sd, Percentile.Of(draws, 0.025), Percentile.Of(draws, 0.5),
                    Percentile.Of(draws, 0.975), double.NaN, double.NaN)
                : Nothing(i + 1, options.Window);
        }

        return results;
    }

    private static (double Shape, double Scale) Posterior(
        ReadOnlySpan<double> incidence, ReadOnlySpan<double> infectiousness, int start, CoriOptions options)
    {
        var shape = options.PriorMean / options.PriorSd * (options.PriorMean / options.PriorSd);
        var rate = options.PriorMean / (options.PriorSd * options.PriorSd);
        for (var t = start; t < start + options.Window; t++)
        {
            shape += incidence[t];
            rate += infectiousness[t];
        }

        return (shape, 1 / rate);
    }

    private static Reproduction Gamma(int start, int window, double shape, double scale)
    {
        // Φ⁻¹(0.975), of which all three starts are made.
        const double Z = 1.959963984540054;
        var logGamma = SpecialFunctions.GammaLn(shape + 1);
        return new(
            start,
            start + window - 1,
            shape * scale,
            Math.Sqrt(shape) * scale,
            Distributions.GammaQuantile(0.025, -Z, shape, scale, logGamma),
            Distributions.GammaQuantile(0.5, 0, shape, scale, logGamma),
            Distributions.GammaQuantile(0.975, Z, shape, scale, logGamma),
            shape,
            scale);
    }

    private static Reproduction Nothing(int start, int window) => new(
        start, start + window - 1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    private static int Windows(int days, CoriOptions options) => Math.Max(0, days - options.Window);

    private static Problem? Check(ReadOnlySpan<double> incidence, CoriOptions options)
    {
        if (options.Window < 1)
            return Series.BadOption(nameof(options.Window), "at least 1");
        if (!(options.PriorMean > 0) || !(options.PriorSd > 0))
            return Series.BadOption("prior", "of positive mean and standard deviation");
        foreach (var count in incidence)
        {
            if (double.IsNaN(count))
                return new Problem(ProblemKind.Incorrect, "surveillance.gap", "Estimates of transmission need a series without gaps.");
        }

        return Series.Check(incidence, 0, incidence.Length);
    }
}
