using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// The cases of one window against what the baseline lets expect: a negative binomial count with the given mean and variance
/// mean + mean² / size.
/// </summary>
/// <param name="Points">Length of the window, in points.</param>
/// <param name="Observed">Cases of its present points.</param>
/// <param name="Expected">Expected cases of the same points.</param>
/// <param name="Size">Size of the negative binomial law; infinite for Poisson.</param>
/// <param name="PValue">Chance of more cases than observed, plus half the chance of just as many (mid-p).</param>
public readonly record struct WindowScore(int Points, double Observed, double Expected, double Size, double PValue)
{
    /// <summary>Variance of the cases of the window under the baseline.</summary>
    public double Variance => Expected + (Expected * Expected / Size);

    /// <summary>Observed over expected cases; infinite where none were expected.</summary>
    public double Ratio => Observed / Expected;

    /// <summary>The count that a window without an outbreak exceeds with chance <paramref name="alpha"/>.</summary>
    public double Upper(double alpha) => Distributions.NegativeBinomialQuantile(1 - alpha, Expected, Size);

    internal static WindowScore Of(int points, double observed, double expected, double size) =>
        new(points, observed, expected, size, CountTail.MidP(observed, expected, size));
}
