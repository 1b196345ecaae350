namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// A forecast of one count as quantiles. <paramref name="Levels"/> ascending in (0, 1), symmetric around a 0.5 in the middle;
/// <paramref name="Values"/> the quantiles.
/// </summary>
public sealed record QuantileForecast(double[] Levels, double[] Values)
{
    /// <summary>The 23 levels of the forecast hubs: 0.01, 0.025, 0.05, 0.1 … 0.95, 0.975, 0.99.</summary>
    public static double[] HubLevels { get; } =
        [0.01, 0.025, .. Enumerable.Range(1, 19).Select(static i => i * 0.05), 0.975, 0.99];

    /// <summary>The middle quantile.</summary>
    public double Median => Values[Values.Length / 2];

    /// <summary>
    /// Weighted interval score of what was then observed: lower is better, in counts. Bracher, Ray, Gneiting, Reich (2021),
    /// Evaluating epidemic forecasts in an interval format, PLoS Computational Biology 17:e1008618. Equal to the mean of twice
    /// the pinball losses of all levels.
    /// </summary>
    public double WeightedIntervalScore(double observed)
    {
        double sum = 0;
        for (var i = 0; i < Levels.Length; i++)
            sum += 2 * ((observed <= Values[i] ? 1 : 0) - Levels[i]) * (Values[i] - observed);
        return sum / Levels.Length;
    }
}
