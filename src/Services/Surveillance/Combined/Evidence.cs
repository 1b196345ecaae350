using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// What the combined detector says of one point of a series: the evidence of each window and of all together.
/// </summary>
/// <param name="Index">Zero-based position in the series.</param>
/// <param name="Observed">The count scored; NaN where the series has a gap.</param>
/// <param name="Expected">The expected count of that point, NaN without a baseline.</param>
/// <param name="PValue">
/// Combined chance of windows at least as unusual as these without an outbreak; NaN at a gap or without a baseline.
/// </param>
/// <param name="Windows">Each window's cases, expectation and p-value, shortest first.</param>
/// <param name="Count">Windows in use.</param>
public readonly record struct Evidence(int Index, double Observed, double Expected, double PValue, WindowScores Windows, int Count)
{
    /// <summary>The window whose cases are the least likely: the one to show to people.</summary>
    public WindowScore Strongest
    {
        get
        {
            var best = Windows[0];
            for (var i = 1; i < Count; i++)
            {
                if (Windows[i].PValue < best.PValue)
                    best = Windows[i];
            }

            return best;
        }
    }

    /// <summary>Cases of the longest window.</summary>
    public double Cases => Count == 0 ? 0 : Windows[Count - 1].Observed;

    /// <summary>
    /// As the other detectors score a point: the strongest window with its threshold at <paramref name="alpha"/>, an alarm when
    /// the combined p-value is at most alpha. <see cref="Score.Statistic"/> is that p-value.
    /// </summary>
    public Score ToScore(double alpha)
    {
        if (double.IsNaN(PValue))
            return Score.Unknown(Index, Observed);
        var window = Strongest;
        return new Score(Index, window.Observed, window.Expected, window.Upper(alpha), PValue <= alpha, PValue);
    }

    internal static Evidence None(int index, double observed) => new(index, observed, double.NaN, double.NaN, default, 0);
}
