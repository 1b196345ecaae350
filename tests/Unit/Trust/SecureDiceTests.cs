using Xunit;
using Yunnao.Trust.Differential;

namespace Yunnao.Tests.Unit.Trust;

/// <summary>The noise has the distribution it must have: frequencies within six standard errors, so that a true sampler fails less than once in a hundred million runs.</summary>
public sealed class SecureDiceTests
{
    private const int Draws = 40_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public void Discrete_Laplace_has_its_frequencies(int numerator, int denominator)
    {
        var rate = Math.Exp(-(double)numerator / denominator);
        var scale = (1 - rate) / (1 + rate);
        Compare(() => (int)SecureDice.Laplace(numerator, denominator), x => scale * Math.Pow(rate, Math.Abs(x)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 2)]
    public void Discrete_Gaussian_has_its_frequencies(int numerator, int denominator)
    {
        var variance = (double)numerator / denominator;
        var whole = Enumerable.Range(-200, 401).Sum(x => Math.Exp(-x * x / (2 * variance)));
        Compare(() => (int)SecureDice.Gaussian(numerator, denominator), x => Math.Exp(-x * x / (2 * variance)) / whole);
    }

    private static void Compare(Func<int> draw, Func<int, double> probability)
    {
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < Draws; i++)
        {
            var x = draw();
            counts[x] = counts.GetValueOrDefault(x) + 1;
        }

        for (var x = -4; x <= 4; x++)
        {
            var p = probability(x);
            Assert.InRange((double)counts.GetValueOrDefault(x) / Draws, p - 6 * Math.Sqrt(p / Draws), p + 6 * Math.Sqrt(p / Draws));
        }
    }
}
