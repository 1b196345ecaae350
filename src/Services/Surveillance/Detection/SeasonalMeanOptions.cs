namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="SeasonalMean"/>.</summary>
public sealed record SeasonalMeanOptions
{
    /// <summary>Sine–cosine pairs of the year.</summary>
    public int Harmonics { get; init; } = 1;

    /// <summary>Whether the mean may grow or fall by a constant factor a year.</summary>
    public bool Trend { get; init; } = true;

    /// <summary>Points in a year.</summary>
    public int Frequency { get; init; } = 52;

    /// <summary>Whether counts are negative binomial (overdispersion estimated) or Poisson.</summary>
    public bool Overdispersed { get; init; }
}
