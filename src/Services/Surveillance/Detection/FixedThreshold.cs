using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The fixed threshold of CIDARS for severe and rare diseases: an alarm as soon as the cases of a window reach a number,
/// which for diseases such as plague and cholera is one. China's infectious disease automated-alert and response system:
/// PMC7149749.
/// </summary>
public static class FixedThreshold
{
    /// <summary>
    /// Scores <paramref name="scores"/>.Length points from <paramref name="first"/>: alarm when the present counts of the
    /// <paramref name="window"/> points that end there add up to <paramref name="threshold"/> or more, and the point itself
    /// has a case (so that one case alarms once). <see cref="Score.Observed"/> is that sum. Needs no history.
    /// </summary>
    public static Problem? Detect(ReadOnlySpan<double> counts, int first, double threshold, int window, Span<Score> scores)
    {
        if (!(threshold > 0) || double.IsInfinity(threshold))
            return Series.BadOption(nameof(threshold), "above zero");
        if (window < 1)
            return Series.BadOption(nameof(window), "at least 1");
        if (Series.Check(counts, first, scores.Length) is { } problem)
            return problem;
        for (var i = 0; i < scores.Length; i++)
        {
            var at = first + i;
            var sum = FarringtonFit.Recent(counts, at, window);
            scores[i] = new Score(at, sum, double.NaN, threshold, sum >= threshold && counts[at] > 0, double.NaN);
        }

        return null;
    }
}
