using System.Numerics;
using System.Runtime.InteropServices;
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

    /// <summary>Points from the start that hold nothing to refuse: all whole vectors, or none.</summary>
    private static int Clean(ReadOnlySpan<double> counts)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(counts);
        var refused = Vector<long>.Zero;
        var infinite = new Vector<double>(double.PositiveInfinity);
        foreach (var some in vectors)
            refused |= Vector.LessThan(some, Vector<double>.Zero) | Vector.Equals(some, infinite);
        return refused == Vector<long>.Zero ? vectors.Length * Vector<double>.Count : 0;
    }

    /// <summary>Problem of an option outside its range.</summary>
    internal static Problem BadOption(string name, Sentence rule) =>
        new(ProblemKind.Incorrect, "surveillance.bad-option", $"{name} must be {rule}.");

    /// <summary>Mean of the present points; NaN where there is none.</summary>
    internal static double Mean(ReadOnlySpan<double> counts)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(counts);
        var (sums, numbers) = (Vector<double>.Zero, Vector<double>.Zero);
        foreach (var some in vectors)
        {
            var there = Vector.Equals(some, some);
            sums += Vector.ConditionalSelect(there, some, Vector<double>.Zero);
            numbers += Vector.ConditionalSelect(there, Vector<double>.One, Vector<double>.Zero);
        }

        var (sum, present) = (Vector.Sum(sums), Vector.Sum(numbers));
        foreach (var count in counts[(vectors.Length * Vector<double>.Count)..])
        {
            if (double.IsNaN(count))
                continue;
            sum += count;
            present++;
        }

        return sum / present;
    }

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
