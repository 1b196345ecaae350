using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The Early Aberration Reporting System's C1, C2 and C3: a moving mean and standard deviation as threshold.
/// Hutwagner, Thompson, Seeman, Treadwell (2003), Journal of Urban Health 80(2) suppl. 1:i89–i96; Fricker, Hegler, Dunfee
/// (2008), Statistics in Medicine 27:3407–3429. Baseline: the 7 points just before (C1), or those that end 3 points before
/// the scored one (C2, C3). C3 adds up the excesses over one standard deviation of C2 on the two days before.
/// </summary>
public static class Ears
{
    /// <summary>C1: mild; sees a rise that starts on the day it is scored.</summary>
    public static Problem? C1(ReadOnlySpan<double> counts, int first, EarsOptions options, Span<Score> scores) =>
        Moving(counts, first, options, lag: 0, scores);

    /// <summary>C2: as C1, with a lag of two points so that a slow rise does not raise its own baseline.</summary>
    public static Problem? C2(ReadOnlySpan<double> counts, int first, EarsOptions options, Span<Score> scores) =>
        Moving(counts, first, options, lag: 2, scores);

    /// <summary>
    /// C3 as published: the excesses max(0, C2 − 1) of the scored day and the two days before together exceed the normal
    /// quantile (1.96 for alpha 0.025). <see cref="Score.Statistic"/> is that sum.
    /// </summary>
    public static Problem? C3(ReadOnlySpan<double> counts, int first, EarsOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var z = Distributions.NormalQuantile(1 - options.Alpha);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var (mean, sd) = Baseline(counts, at, 2, options);
            var earlier = Excess(counts, at - 1, options) + Excess(counts, at - 2, options);
            var sum = earlier + Excess(counts, at, options);
            var upper = Math.Max(0, mean + (sd * (1 + z - earlier)));
            scores[i] = new Score(at, counts[at], mean, upper, sum > z, sum);
        }

        return null;
    }

    /// <summary>
    /// C3 with the bound that R surveillance documents and gives: observed + sd × (z − excesses of the two days before).
    /// It alarms when those two days alone exceed z, so it cannot see the scored day itself; kept for comparison with R.
    /// </summary>
    public static Problem? C3OfSurveillance(ReadOnlySpan<double> counts, int first, EarsOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var z = Distributions.NormalQuantile(1 - options.Alpha);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var (mean, sd) = Baseline(counts, at, 2, options);
            var earlier = Excess(counts, at - 1, options) + Excess(counts, at - 2, options);
            scores[i] = Judge(at, counts[at], mean, Math.Max(0, counts[at] + (sd * (z - earlier))), earlier);
        }

        return null;
    }

    private static Problem? Moving(ReadOnlySpan<double> counts, int first, EarsOptions options, int lag, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        var z = Distributions.NormalQuantile(1 - options.Alpha);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var (mean, sd) = Baseline(counts, at, lag, options);
            scores[i] = Judge(at, counts[at], mean, mean + (z * sd), (counts[at] - mean) / sd);
        }

        return null;
    }

    /// <summary>max(0, (y − mean) / sd − 1) of one earlier point; NaN when its standard deviation is zero and it sits on its mean.</summary>
    private static double Excess(ReadOnlySpan<double> counts, int at, EarsOptions options)
    {
        if (at < 0)
            return double.NaN;
        var (mean, sd) = Baseline(counts, at, 2, options);
        return Math.Max(0, ((counts[at] - mean) / sd) - 1);
    }

    private static Score Judge(int at, double observed, double mean, double upper, double statistic) =>
        new(at, observed, mean, upper, observed > upper, statistic);

    /// <summary>Mean and floored standard deviation of the baseline; NaN when it reaches before the series or has under 3 points.</summary>
    private static (double Mean, double Sd) Baseline(ReadOnlySpan<double> counts, int at, int lag, EarsOptions options)
    {
        var start = at - lag - options.Baseline;
        if (start < 0)
            return (double.NaN, double.NaN);
        var (mean, sd, present) = Series.Moments(counts.Slice(start, options.Baseline));
        return present < 3 ? (double.NaN, double.NaN) : (mean, Math.Max(sd, options.MinimumSigma));
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, EarsOptions options, int length)
    {
        if (options.Baseline < 3)
            return Series.BadOption(nameof(options.Baseline), "at least 3");
        if (options.Alpha is not (> 0 and < 1))
            return Series.BadOption(nameof(options.Alpha), "between 0 and 1");
        if (!(options.MinimumSigma >= 0))
            return Series.BadOption(nameof(options.MinimumSigma), "zero or more");
        return Series.Check(counts, first, length);
    }
}
