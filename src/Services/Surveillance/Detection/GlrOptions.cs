namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="LikelihoodRatioChart"/>.</summary>
public sealed record GlrOptions
{
    /// <summary>Value of the statistic that raises an alarm.</summary>
    public double Threshold { get; init; } = 5;

    /// <summary>Overdispersion α of the variance μ + α μ²; zero is Poisson.</summary>
    public double Overdispersion { get; init; }

    /// <summary>Points back to which a change may reach, or zero for all since the start or the last alarm.</summary>
    public int Window { get; init; }

    /// <summary>Whether the smallest alarming count is found for each point; it costs about ten times the statistic.</summary>
    public bool Bounds { get; init; } = true;
}
