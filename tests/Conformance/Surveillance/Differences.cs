using Xunit;

namespace Yunnao.Tests.Conformance.Surveillance;

/// <summary>Gathers the largest relative difference between our numbers and expected ones.</summary>
internal sealed class Differences
{
    private readonly List<string> _apart = [];

    public double Largest { get; private set; }

    public int Compared { get; private set; }

    /// <summary>Compares one number; both NaN is equal, one NaN is infinitely apart.</summary>
    public void Add(string what, double expected, double actual, double tolerance = 1e-6)
    {
        Compared++;
        var difference = Relative(expected, actual);
        Largest = Math.Max(Largest, difference);
        if (difference > tolerance)
            _apart.Add($"{what}: expected {expected:R}, got {actual:R}");
    }

    public void AssertNone(ITestOutputHelper output, string name)
    {
        output.WriteLine($"{name}: {Compared} numbers, largest relative difference {Largest:0.0e+0}");
        Assert.True(_apart.Count == 0, $"{name}: {_apart.Count} of {Compared} differ: {string.Join("; ", _apart.Take(8))}");
    }

    private static double Relative(double expected, double actual)
    {
        if (double.IsNaN(expected) || double.IsNaN(actual))
            return double.IsNaN(expected) && double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        if (expected == actual)
            return 0;
        return Math.Abs(expected - actual) / Math.Max(Math.Abs(expected), 1e-8);
    }
}
