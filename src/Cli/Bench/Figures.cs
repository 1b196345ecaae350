namespace Yunnao.Cli.Bench;

/// <summary>What is said of several turns of the same measurement.</summary>
internal static class Figures
{
    /// <summary>The middle one; of an even number, halfway between the two in the middle.</summary>
    /// <param name="values">At least one, in any order.</param>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
