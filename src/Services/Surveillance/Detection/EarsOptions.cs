namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Ears"/>.</summary>
public sealed record EarsOptions
{
    /// <summary>Points in the moving baseline; at least 3.</summary>
    public int Baseline { get; init; } = 7;

    /// <summary>One-sided chance of a false alarm under normality; 0.001 for C1 and C2, 0.025 is usual for C3.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>Floor of the baseline's standard deviation, in counts; above zero it silences alarms from flat baselines.</summary>
    public double MinimumSigma { get; init; }
}
