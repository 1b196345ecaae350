namespace Yunnao.Services.Surveillance.Combined;

/// <summary>A region beside the rest of the region around it, window by window.</summary>
internal static class AreaShare
{
    /// <summary>
    /// The evidence of a region when the rest of its area is known: where the rest has more cases than expected, so much more is
    /// expected here too. Gives the raised evidence and the ratio.
    /// </summary>
    public static (Evidence Evidence, double Ratio) Apply(Evidence own, Evidence area, double prior)
    {
        if (double.IsNaN(own.PValue) || double.IsNaN(area.PValue) || own.Count != area.Count)
            return (own, 1);
        var raised = own.Windows;
        // The common rise is slower than a window of a day or three: it is read off the longest window for all of them.
        var last = own.Count - 1;
        var observed = area.Windows[last].Observed - own.Windows[last].Observed;
        var expected = area.Windows[last].Expected - own.Windows[last].Expected;
        if (!(expected > 0))
            return (own, 1);
        var ratio = Math.Max(1, (observed + prior) / (expected + prior));
        if (ratio <= 1)
            return (own, 1);
        for (var i = 0; i < own.Count; i++)
        {
            var window = own.Windows[i];
            raised[i] = WindowScore.Of(window.Points, window.Observed, window.Expected * ratio, window.Size);
        }

        return (own with { Windows = raised, PValue = CountTail.Cauchy(((ReadOnlySpan<WindowScore>)raised)[..own.Count]) }, ratio);
    }

    /// <summary>The evidence of an area without one of its parts.</summary>
    public static Evidence Without(Evidence area, Evidence part)
    {
        var rest = area.Windows;
        for (var i = 0; i < area.Count && i < part.Count; i++)
        {
            var (whole, own) = (area.Windows[i], part.Windows[i]);
            var expected = Math.Max(whole.Expected - own.Expected, 0.01 * whole.Expected);
            rest[i] = WindowScore.Of(whole.Points, Math.Max(0, whole.Observed - own.Observed), expected, whole.Size);
        }

        return area with { Windows = rest, PValue = CountTail.Cauchy(((ReadOnlySpan<WindowScore>)rest)[..area.Count]) };
    }
}
