using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The method of the Robert Koch Institute: the upper end of the 95 % confidence interval of a Poisson mean (Crow, Gardner
/// 1959, Biometrika 46:441–453) at the whole part of the mean of the reference, or mean + 2 standard deviations above a mean of 20.
/// Altmann (2003), Robert Koch Institute; described by Höhle (2007), Computational Statistics 22:571–582.
/// </summary>
public static class Rki
{
    /// <summary>Crow and Gardner's upper limits, confidence 0.95, for 0 to 20 observed events.</summary>
    private static readonly double[] s_upper =
    [
        3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
        19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
    ];

    /// <summary>Scores <paramref name="scores"/>.Length points from <paramref name="first"/>; alarm when observed &gt; upper.</summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, ReferenceOptions options, Span<Score> scores)
    {
        if (Reference.Check(counts, first, options, scores.Length) is { } problem)
            return problem;
        Span<double> reference = new double[Reference.Capacity(options)];
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var n = Reference.Gather(counts, at, options, reference);
            scores[i] = n < 1 ? Score.Unknown(at, counts[at]) : Judge(at, counts[at], reference[..n]);
        }

        return null;
    }

    private static Score Judge(int at, double observed, ReadOnlySpan<double> reference)
    {
        var (mean, sd, present) = Series.Moments(reference);
        var upper = mean > 20
            ? mean + (2 * (present > 1 ? sd : Math.Sqrt(mean)))
            : s_upper[(int)mean];
        return new Score(at, observed, mean, upper, observed > upper, double.NaN);
    }
}
