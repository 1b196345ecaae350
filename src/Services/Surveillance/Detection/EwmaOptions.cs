namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Ewma"/>.</summary>
public sealed record EwmaOptions
{
    /// <summary>Weight of the newest count, above 0 and at most 1.</summary>
    public double Lambda { get; init; } = 0.3;

    /// <summary>Width of the control limit in standard deviations of the smoothed value.</summary>
    public double Width { get; init; } = 3;

    /// <summary>The in-control mean, or null for the mean of the <see cref="Baseline"/> points before each one scored.</summary>
    public double? Mean { get; init; }

    /// <summary>Points in the moving baseline.</summary>
    public int Baseline { get; init; } = 28;

    /// <summary>Points between the moving baseline and the one scored.</summary>
    public int Lag { get; init; } = 2;
}
