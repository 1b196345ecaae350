using System.Numerics;
using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// What every detector asks of its input: counts are zero or more, a gap is NaN, and the points to score lie in the series.
/// Negative corrections are refused rather than clipped: the caller must put them back on the day that they correct.
/// </summary>
public static class Series
{
    /// <summary>The problem with a series and the range to score, or null.</summary>
    public static Problem? Check(ReadOnlySpan<double> counts, int first, int length)
    {
        if (first < 0 || length < 0 || first > counts.Length - length)
        {
            return new Problem(ProblemKind.Incorrect, "surveillance.range-outside-series",
                $"Points {first} to {first + length - 1} were asked for; the series has {counts.Length} points.");
        }

        var start = Clean(counts);
        for (var i = start; i < counts.Length; i++)
        {
            if (counts[i] < 0)
            {
                return new Problem(ProblemKind.Incorrect, "surveillance.negative-count",
                    $"The count at position {i} is negative; apply a correction to the point that it corrects.");
            }

            if (double.IsInfinity(counts[i]))
            {
                return new Problem(ProblemKind.Incorrect, "surveillance.infinite-count", $"The count at position {i} is not finite.");
            }
        }

        return null;
    }

    /// <summary>Points from the start that hold nothing to refuse, by whole vectors.</summary>
    private static int Clean(ReadOnlySpan<double> counts)
    {
        var at = 0;
        for (; at <= counts.Length - Vector<double>.Count; at += Vector<double>.Count)
        {
            var some = new Vector<double>(counts[at..]);
            if (Vector.LessThanAny(some, Vector<double>.Zero) || Vector.EqualsAny(some, new Vector<double>(double.PositiveInfinity)))
                break;
        }

        return at;
    }

    /// <summary>Problem of an option outside its range.</summary>
    internal static Problem BadOption(string name, string rule) =>
        new(ProblemKind.Incorrect, "surveillance.bad-option", $"{name} must be {rule}.");

    /// <summary>Mean, sample standard deviation (n − 1) and number of the present points of a stretch; NaN where undefined.</summary>
    internal static (double Mean, double Sd, int Present) Moments(ReadOnlySpan<double> counts)
    {
        var present = 0;
        double sum = 0;
        foreach (var count in counts)
        {
            if (double.IsNaN(count))
                continue;
            sum += count;
            present++;
        }

        if (present == 0)
            return (double.NaN, double.NaN, 0);
        var mean = sum / present;
        double squares = 0;
        foreach (var count in counts)
        {
            if (!double.IsNaN(count))
                squares += (count - mean) * (count - mean);
        }

        return (mean, present > 1 ? Math.Sqrt(squares / (present - 1)) : double.NaN, present);
    }
}
