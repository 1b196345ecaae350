using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// Control of the false-discovery rate over many series: of the alarms raised, the expected share that is false stays under
/// a level. Benjamini, Hochberg (1995), Journal of the Royal Statistical Society B 57:289–300; for series that depend on
/// each other in any way: Benjamini, Yekutieli (2001), Annals of Statistics 29:1165–1188.
/// </summary>
public static class FalseDiscovery
{
    /// <summary>
    /// Writes to <paramref name="adjusted"/> the smallest level at which each of <paramref name="pValues"/> would be an alarm
    /// (q-value). NaN, no test, stays NaN and is not counted. <paramref name="anyDependence"/> asks for the stricter rule.
    /// </summary>
    public static Problem? Adjust(ReadOnlySpan<double> pValues, bool anyDependence, Span<double> adjusted)
    {
        if (adjusted.Length != pValues.Length)
            return Series.BadOption(nameof(adjusted), "as long as the p-values");
        var keys = new double[pValues.Length];
        var order = new int[pValues.Length];
        var tests = 0;
        for (var i = 0; i < pValues.Length; i++)
        {
            adjusted[i] = double.NaN;
            if (double.IsNaN(pValues[i]))
                continue;
            if (pValues[i] is < 0 or > 1)
                return Series.BadOption(nameof(pValues), "between 0 and 1");
            keys[tests] = pValues[i];
            order[tests++] = i;
        }

        Array.Sort(keys, order, 0, tests);
        var factor = (double)tests;
        for (var i = 2; anyDependence && i <= tests; i++)
            factor += (double)tests / i;
        var smallest = 1.0;
        for (var rank = tests; rank >= 1; rank--)
        {
            smallest = Math.Min(smallest, keys[rank - 1] * factor / rank);
            adjusted[order[rank - 1]] = smallest;
        }

        return null;
    }
}
