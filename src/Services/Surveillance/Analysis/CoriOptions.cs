namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>Settings of <see cref="Cori"/>.</summary>
public sealed record CoriOptions
{
    /// <summary>Days in the sliding window.</summary>
    public int Window { get; init; } = 7;

    /// <summary>Mean of the gamma prior of R.</summary>
    public double PriorMean { get; init; } = 5;

    /// <summary>Standard deviation of the gamma prior of R.</summary>
    public double PriorSd { get; init; } = 5;
}
