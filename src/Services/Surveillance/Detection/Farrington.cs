using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Farrington, Andrews, Beale, Catchpole (1996), A statistical algorithm for the early detection of outbreaks of infectious
/// disease, Journal of the Royal Statistical Society A 159:547–563. The same weeks ± w of b earlier years are fitted by a
/// log-linear quasi-Poisson regression on time; earlier outbreaks are down-weighted by their Anscombe residuals; the
/// threshold is the upper end of a prediction interval on the 2/3-power scale.
/// </summary>
public static class Farrington
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length weeks from <paramref name="first"/>; alarm when observed &gt; upper. The upper
    /// bound is zero, without alarm and without an expected count, where fewer cases than <see cref="FarringtonOptions.MinimumCases"/>
    /// were seen lately, and NaN where the baseline reaches before the series or cannot be fitted. <see cref="Score.Statistic"/> is the
    /// exceedance score X of the paper.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, FarringtonOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var rows = options.Years * ((2 * options.HalfWindow) + 1);
        var fit = new LogLinearFit(rows, levels: 1, slopes: 1);
        Span<double> residuals = new double[rows];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = ScoreOne(counts, first + i, options, fit, residuals);
        fit.GiveBack();
        return null;
    }

    private static Score ScoreOne(
        ReadOnlySpan<double> counts, int at, FarringtonOptions options, LogLinearFit fit, Span<double> residuals)
    {
        if (!Gather(counts, at, options, fit))
            return Score.Unknown(at, counts[at]);
        if (FarringtonFit.Recent(counts, at, options.CasePoints) < options.MinimumCases)
            return new Score(at, counts[at], double.NaN, 0, false, 0);
        fit.Slopes = options.Years >= 3 ? 1 : 0;
        if (!FarringtonFit.Fit(fit, options.Reweight, 1, residuals, out var dispersion))
            return Score.Unknown(at, counts[at]);
        if (fit.Slopes == 1 && !FarringtonFit.KeepsTrend(fit, options.TrendThreshold))
        {
            fit.Slopes = 0;
            fit.Weights.Fill(1);
            if (!FarringtonFit.Fit(fit, options.Reweight, 1, residuals, out dispersion))
                return Score.Unknown(at, counts[at]);
        }

        var (eta, variance) = fit.Predict(0, [0.0]);
        var mean = Math.Exp(eta);
        var upper = Upper(mean, dispersion, dispersion * variance, Distributions.NormalQuantile(1 - (options.Alpha / 2)));
        return new Score(at, counts[at], mean, upper, counts[at] > upper, (counts[at] - mean) / (upper - mean));
    }

    /// <summary>μ (1 + 2/3 z √(τ/μ))^(3/2) with τ = φ + μ Var(η): the interval on the 2/3-power scale, taken back.</summary>
    private static double Upper(double mean, double dispersion, double etaVariance, double z)
    {
        var tau = dispersion + (mean * etaVariance);
        var root = Math.Cbrt(mean * mean) + (z * Math.Sqrt(4.0 / 9 * Math.Cbrt(mean) * tau));
        return Math.Pow(Math.Max(0, root), 1.5);
    }

    private static bool Gather(ReadOnlySpan<double> counts, int at, FarringtonOptions options, LogLinearFit fit)
    {
        fit.Clear();
        for (var year = options.Years; year >= 1; year--)
        {
            var centre = options.Calendar.Back(at, year);
            if (centre - options.HalfWindow < 0)
                return false;
            for (var week = centre - options.HalfWindow; week <= centre + options.HalfWindow; week++)
            {
                if (!double.IsNaN(counts[week]))
                    fit.Add(counts[week], 0, [(week - at) / (double)options.Calendar.Frequency]);
            }
        }

        return fit.Rows > 2;
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, FarringtonOptions options, int length)
    {
        if (options.Years < 1)
            return Series.BadOption(nameof(options.Years), "at least 1");
        if (options.HalfWindow < 0 || (2 * options.HalfWindow) + 1 > options.Calendar.Frequency)
            return Series.BadOption(nameof(options.HalfWindow), "zero or more and within the year");
        if (options.Alpha is not (> 0 and < 1))
            return Series.BadOption(nameof(options.Alpha), "between 0 and 1");
        if (options.CasePoints < 1)
            return Series.BadOption(nameof(options.CasePoints), "at least 1");
        return Series.Check(counts, first, length);
    }
}
