namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Shewhart"/>.</summary>
public sealed record ShewhartOptions
{
    /// <summary>Width of the control limit in standard deviations.</summary>
    public double Width { get; init; } = 3;

    /// <summary>In-control cases per unit of population (per point, without a population), or null for that of the history.</summary>
    public double? Rate { get; init; }
}
