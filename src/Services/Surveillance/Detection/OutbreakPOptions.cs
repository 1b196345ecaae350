namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="OutbreakP"/>.</summary>
public sealed record OutbreakPOptions
{
    /// <summary>Likelihood ratio that raises an alarm.</summary>
    public double Threshold { get; init; } = 100;
}
