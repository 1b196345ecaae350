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

    /// <summary>The same of values in any order, which are put into another order.</summary>
    public static double OfUnsorted(Span<double> values, double p)
    {
        if (values.IsEmpty)
            return double.NaN;
        var at = (values.Length - 1) * p;
        var below = Math.Min((int)Math.Floor(at), values.Length - 1);
        Select(values, below);
        if (below == values.Length - 1)
            return values[below];
        var next = double.PositiveInfinity;
        foreach (var value in values[(below + 1)..])
            next = Math.Min(next, value);
        return values[below] + ((at - below) * (next - values[below]));
    }

    /// <summary>Puts the k-th smallest value in its place, smaller ones before it and larger ones after: Hoare (1961), algorithm 65.</summary>
    private static void Select(Span<double> values, int k)
    {
        var (low, high) = (0, values.Length - 1);
        while (low < high)
        {
            var pivot = values[(low + high) / 2];
            var (left, right) = (low, high);
            while (left <= right)
            {
                while (values[left] < pivot)
                    left++;
                while (values[right] > pivot)
                    right--;
                if (left > right)
                    break;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }

            if (k <= right)
                high = right;
            else if (k >= left)
                low = left;
            else
                return;
        }
    }
}
