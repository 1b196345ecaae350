using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>Short-term forecasts of counts, as quantiles, and the naive one that any other must beat.</summary>
public static class Forecast
{
    /// <summary>
    /// The naive forecast of the hubs: the last count, with the spread of the series' own past changes over one step, made
    /// symmetric and added up over steps by simulation. Cramer, Ray, Lopez et al. (2022), PNAS 119:e2113561119.
    /// One forecast for each of <paramref name="steps"/> steps ahead. At least two present counts.
    /// </summary>
    public static Result<QuantileForecast[]> Naive(ReadOnlySpan<double> counts, int steps, ForecastOptions options)
    {
        if (Check(counts, steps, options) is { } problem)
            return problem;
        var changes = new List<double>();
        double last = double.NaN;
        foreach (var count in counts)
        {
            if (!double.IsNaN(count) && !double.IsNaN(last))
            {
                changes.Add(count - last);
                changes.Add(last - count);
            }

            last = double.IsNaN(count) ? last : count;
        }

        if (changes.Count == 0)
            return TooFew();
        var random = new RandomDraws(options.Seed);
        var paths = new double[options.Paths];
        var results = new QuantileForecast[steps];
        for (var step = 0; step < steps; step++)
        {
            for (var path = 0; path < paths.Length; path++)
                paths[path] += changes[random.NextInt(changes.Count)];
            results[step] = Summary(paths, change => Math.Max(0, last + change), last);
        }

        return results;
    }

    /// <summary>
    /// Growth that fades: the growth rate of the last <see cref="ForecastOptions.Window"/> counts (quasi-Poisson, with its
    /// uncertainty) is damped by a factor each step, and counts vary around the mean with the dispersion seen in the window.
    /// Gardner, McKenzie (1985), Forecasting trends in time series, Management Science 31:1237–1246, on the log scale.
    /// </summary>
    public static Result<QuantileForecast[]> DampedGrowth(ReadOnlySpan<double> counts, int steps, ForecastOptions options)
    {
        if (Check(counts, steps, options) is { } problem)
            return problem;
        var window = counts[Math.Max(0, counts.Length - options.Window)..];
        var fit = new LogLinearFit(window.Length, levels: 1, slopes: 1) { Slopes = 1 };
        double cases = 0;
        for (var t = 0; t < window.Length; t++)
        {
            if (double.IsNaN(window[t]))
                continue;
            fit.Add(window[t], 0, [t - window.Length + 1]);
            cases += window[t];
        }

        if (cases == 0 || !fit.Fit() || double.IsNaN(fit.Slope(0)))
            return TooFew();
        return Simulate(fit, steps, options);
    }

    private static QuantileForecast[] Simulate(LogLinearFit fit, int steps, ForecastOptions options)
    {
        var dispersion = Math.Max(1, fit.Dispersion);
        var (level, levelVariance) = fit.Predict(0, [0.0]);
        var slopeSd = Math.Sqrt(dispersion * fit.SlopeVariance(0));
        var (_, aheadVariance) = fit.Predict(0, [1.0]);
        // Cov(level, slope) from the variances at the last point and one step ahead.
        var covariance = dispersion * (aheadVariance - levelVariance - fit.SlopeVariance(0)) / 2;
        var random = new RandomDraws(options.Seed);
        var logs = new double[options.Paths];
        var slopes = new double[options.Paths];
        for (var path = 0; path < logs.Length; path++)
        {
            var shared = random.Normal();
            slopes[path] = fit.Slope(0) + (slopeSd * shared);
            var rest = Math.Max(0, (dispersion * levelVariance) - (covariance * covariance / (slopeSd * slopeSd)));
            logs[path] = level + (covariance / slopeSd * shared) + (Math.Sqrt(rest) * random.Normal());
        }

        var drawn = new double[options.Paths];
        var results = new QuantileForecast[steps];
        for (var step = 0; step < steps; step++)
        {
            for (var path = 0; path < logs.Length; path++)
            {
                slopes[path] *= options.Damping;
                logs[path] += slopes[path];
                drawn[path] = Count(ref random, Math.Exp(Math.Min(logs[path], 25)), dispersion);
            }

            results[step] = Summary(drawn, static value => value, double.NaN);
        }

        return results;
    }

    /// <summary>A count with variance φ μ: Poisson around a gamma mean.</summary>
    private static double Count(ref RandomDraws random, double mean, double dispersion)
    {
        if (dispersion > 1.001)
            mean = random.Gamma(mean / (dispersion - 1)) * (dispersion - 1);
        return mean < 1e6 ? random.Poisson(mean) : Math.Round(mean + (Math.Sqrt(mean) * random.Normal()));
    }

    private static QuantileForecast Summary(double[] paths, Func<double, double> value, double median)
    {
        var sorted = (double[])paths.Clone();
        Array.Sort(sorted);
        var levels = QuantileForecast.HubLevels;
        var values = new double[levels.Length];
        for (var i = 0; i < levels.Length; i++)
            values[i] = value(Percentile.Of(sorted, levels[i]));
        if (!double.IsNaN(median))
            values[levels.Length / 2] = median;
        return new QuantileForecast(levels, values);
    }

    private static Problem TooFew() =>
        new(ProblemKind.Incorrect, "surveillance.too-few-cases", "The series holds too few counts to forecast from.");

    private static Problem? Check(ReadOnlySpan<double> counts, int steps, ForecastOptions options)
    {
        if (steps < 1 || options.Paths < 1)
            return Series.BadOption("steps and Paths", "at least 1");
        if (options.Window < 3 || options.Damping is not (>= 0 and <= 1))
            return Series.BadOption("Window and Damping", "at least 3, and a share");
        return Series.Check(counts, 0, counts.Length);
    }
}
