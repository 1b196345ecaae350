using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The moving percentile method of CIDARS: the cases of the last 7 days against a percentile of the same 7 days, and those
/// one and two weeks before and after, of the last 5 years (25 values).
/// BMC Public Health (2017), s12889-017-4488-0, table 1; the percentiles of diseases: Chinese Journal of Epidemiology (2011)
/// 32:450–453.
/// </summary>
public static class MovingPercentile
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>. <see cref="Score.Observed"/> is the sum of
    /// the window that ends there, <see cref="Score.Upper"/> the percentile (interpolated, type 7), the alarm observed ≥
    /// upper; <see cref="Score.Expected"/> is the baseline's median and <see cref="Score.Statistic"/> the share of baseline
    /// values below the observed one. A window with gaps sums what is there; one that is all gaps counts as missing.
    /// Years before the start of the series are left out; without any full year the upper bound is NaN.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, MovingPercentileOptions options, Span<Score> scores)
    {
        if (Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        Span<double> baseline = new double[options.Years * ((2 * options.Sides) + 1)];
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var n = Gather(counts, at, options, baseline);
            scores[i] = n == 0 ? Score.Unknown(at, Sum(counts, at, options.Window)) : Judge(counts, at, options, baseline[..n]);
        }

        return null;
    }

    private static Score Judge(ReadOnlySpan<double> counts, int at, MovingPercentileOptions options, Span<double> baseline)
    {
        baseline.Sort();
        var observed = Sum(counts, at, options.Window);
        var upper = Percentile.Of(baseline, options.Percentile);
        var below = 0;
        while (below < baseline.Length && baseline[below] < observed)
            below++;
        var alarm = observed >= upper && observed >= options.MinimumCases;
        return new Score(at, observed, Percentile.Of(baseline, 0.5), upper, alarm, below / (double)baseline.Length);
    }

    private static int Gather(ReadOnlySpan<double> counts, int at, MovingPercentileOptions options, Span<double> into)
    {
        var n = 0;
        for (var year = 1; year <= options.Years; year++)
        {
            var centre = options.Calendar.Back(at, year);
            if (centre - (options.Sides * options.Step) - options.Window + 1 < 0)
                break;
            for (var side = -options.Sides; side <= options.Sides; side++)
            {
                var sum = Sum(counts, centre + (side * options.Step), options.Window);
                if (!double.IsNaN(sum))
                    into[n++] = sum;
            }
        }

        return n;
    }

    /// <summary>Sum of the present counts of the window that ends at a point; NaN when none is present.</summary>
    private static double Sum(ReadOnlySpan<double> counts, int end, int window)
    {
        double sum = 0;
        var any = false;
        for (var i = Math.Max(0, end - window + 1); i <= end; i++)
        {
            if (double.IsNaN(counts[i]))
                continue;
            sum += counts[i];
            any = true;
        }

        return any ? sum : double.NaN;
    }

    private static Problem? Check(ReadOnlySpan<double> counts, int first, MovingPercentileOptions options, int length)
    {
        if (options.Percentile is not (> 0 and <= 1))
            return Series.BadOption(nameof(options.Percentile), "a share above 0 and at most 1");
        if (options.Window < 1 || options.Step < 1 || options.Years < 1)
            return Series.BadOption("Window, Step and Years", "at least 1");
        if (options.Sides < 0 || (options.Sides * options.Step) >= options.Calendar.Frequency / 2)
            return Series.BadOption(nameof(options.Sides), "zero or more and within half a year");
        return Series.Check(counts, first, length);
    }
}
