using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The flexible Farrington method: Noufaily, Enki, Farrington, Garthwaite, Andrews, Charlett (2013), An improved algorithm
/// for outbreak detection in multiple surveillance systems, Statistics in Medicine 32:1206–1222. All weeks of b earlier years,
/// the most recent half year left out, are fitted by a quasi-Poisson regression on time and on a factor of ten seasonal
/// periods; the threshold is the quantile of the negative binomial law with the fitted mean and dispersion (plug-in).
/// </summary>
public static class FarringtonFlexible
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length weeks from <paramref name="first"/>; alarm when observed &gt; upper. The upper
    /// bound is NaN, without alarm, where fewer than <see cref="FarringtonFlexibleOptions.MinimumCases"/> cases were seen
    /// lately, the baseline reaches before the series, or it cannot be fitted. <see cref="Score.Statistic"/> is the
    /// predictive chance of a count of at least the observed one: a p-value.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, FarringtonFlexibleOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var rows = ((options.Years + 1) * (options.Calendar.Frequency + 1)) + options.HalfWindow + 1;
        var fit = new LogLinearFit(rows, options.Periods, slopes: 1);
        Span<double> residuals = new double[rows];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = ScoreOne(counts, first + i, options, fit, residuals);
        fit.GiveBack();
        return null;
    }

    private static Score ScoreOne(
        ReadOnlySpan<double> counts, int at, FarringtonFlexibleOptions options, LogLinearFit fit, Span<double> residuals)
    {
        if (FarringtonFit.Recent(counts, at, options.CasePoints) < options.MinimumCases
            || !SeasonalBaseline.Gather(counts, at, options, fit))
        {
            return Score.Unknown(at, counts[at]);
        }

        fit.Slopes = options.Years >= 3 ? 1 : 0;
        if (!FarringtonFit.Fit(fit, options.Reweight, options.WeightsThreshold, residuals, out var dispersion))
            return Score.Unknown(at, counts[at]);
        if (fit.Slopes == 1 && !FarringtonFit.KeepsTrend(fit, options.TrendThreshold))
        {
            fit.Slopes = 0;
            fit.Weights.Fill(1);
            if (!FarringtonFit.Fit(fit, options.Reweight, options.WeightsThreshold, residuals, out dispersion))
                return Score.Unknown(at, counts[at]);
        }

        var mean = Math.Exp(fit.Predict(0, [0.0]).Eta);
        var size = dispersion > 1 ? mean / (dispersion - 1) : double.PositiveInfinity;
        var upper = Distributions.NegativeBinomialQuantile(1 - options.Alpha, mean, size);
        return new Score(at, counts[at], mean, upper, counts[at] > upper, Tail(counts[at], mean, size));
    }

    private static double Tail(double observed, double mean, double size)
    {
        var below = Math.Ceiling(observed) - 1;
        return 1 - (double.IsInfinity(size)
            ? Distributions.PoissonCdf(below, mean)
            : Distributions.NegativeBinomialCdf(below, mean, size));
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, FarringtonFlexibleOptions options, int length)
    {
        if (options.Years < 1)
            return Series.BadOption(nameof(options.Years), "at least 1");
        if (options.HalfWindow < 0 || (2 * options.HalfWindow) + 1 > options.Calendar.Frequency)
            return Series.BadOption(nameof(options.HalfWindow), "zero or more and within the year");
        if (options.Periods < 1 || options.Periods > options.Calendar.Frequency - (2 * options.HalfWindow))
            return Series.BadOption(nameof(options.Periods), "at least 1 and few enough for the year");
        if (options.PointsNotIncluded < 0)
            return Series.BadOption(nameof(options.PointsNotIncluded), "zero or more");
        if (options.Alpha is not (> 0 and < 1))
            return Series.BadOption(nameof(options.Alpha), "between 0 and 1");
        if (options.CasePoints < 1)
            return Series.BadOption(nameof(options.CasePoints), "at least 1");
        return Series.Check(counts, first, length);
    }
}
