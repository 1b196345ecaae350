using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Shewhart's charts of counts: the c-chart (constant population) and the u-chart (varying population), with the limit
/// n r + k √(n r) for rate r and population n. Shewhart (1931), Economic Control of Quality of Manufactured Product;
/// Woodall (2006), Journal of Quality Technology 38:89–104.
/// </summary>
public static class Shewhart
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>; alarm when observed &gt; upper.
    /// <paramref name="population"/>: one entry a point of the whole series, or empty for a constant one. Without a given
    /// rate it is that of the present points before <paramref name="first"/>; the bound is NaN where that is zero.
    /// </summary>
    public static Problem? Detect(
        ReadOnlySpan<double> counts, ReadOnlySpan<double> population, int first, ShewhartOptions options, Span<Score> scores)
    {
        if (Check(counts, population, first, options, scores.Length) is { } problem)
            return problem;
        var rate = options.Rate ?? Rate(counts[..first], population);
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var mean = rate * (population.IsEmpty ? 1 : population[at]);
            if (!(mean > 0))
            {
                scores[i] = Score.Unknown(at, counts[at]);
                continue;
            }

            var upper = mean + (options.Width * Math.Sqrt(mean));
            scores[i] = new Score(at, counts[at], mean, upper, counts[at] > upper, (counts[at] - mean) / Math.Sqrt(mean));
        }

        return null;
    }

    private static double Rate(ReadOnlySpan<double> history, ReadOnlySpan<double> population)
    {
        double cases = 0, people = 0;
        for (var i = 0; i < history.Length; i++)
        {
            if (double.IsNaN(history[i]))
                continue;
            cases += history[i];
            people += population.IsEmpty ? 1 : population[i];
        }

        return people > 0 ? cases / people : double.NaN;
    }

    private static Problem? Check(
        ReadOnlySpan<double> counts, ReadOnlySpan<double> population, int first, ShewhartOptions options, int length)
    {
        if (!(options.Width > 0))
            return Series.BadOption(nameof(options.Width), "above zero");
        if (options.Rate is { } rate && !(rate > 0 && double.IsFinite(rate)))
            return Series.BadOption(nameof(options.Rate), "above zero");
        if (!population.IsEmpty && population.Length != counts.Length)
            return Series.BadOption(nameof(population), "as long as the series");
        foreach (var people in population)
        {
            if (!(people >= 0))
                return Series.BadOption(nameof(population), "zero or more everywhere");
        }

        return Series.Check(counts, first, length);
    }
}
