namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>Sample quantiles.</summary>
internal static class Percentile
{
    /// <summary>
    /// Linear interpolation between order statistics at 1 + (n − 1) p: type 7 of Hyndman, Fan (1996), The American
    /// Statistician 50:361–365. <paramref name="sorted"/> ascending; NaN when empty.
    /// </summary>
    public static double Of(ReadOnlySpan<double> sorted, double p)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        var at = (sorted.Length - 1) * p;
        var below = (int)Math.Floor(at);
        if (below >= sorted.Length - 1)
            return sorted[^1];
        return sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }
}
