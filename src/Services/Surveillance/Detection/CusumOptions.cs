namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Cusum"/>.</summary>
public sealed record CusumOptions
{
    /// <summary>Reference value, in residual units: half of the shift to detect.</summary>
    public double K { get; init; } = 1.04;

    /// <summary>Decision interval, in residual units.</summary>
    public double H { get; init; } = 2.26;

    /// <summary>The transformation of counts to residuals.</summary>
    public CusumResidual Residual { get; init; }

    /// <summary>The in-control mean, or null for the mean of all points before the first one scored.</summary>
    public double? Mean { get; init; }

    /// <summary>Whether the chart starts again from zero after an alarm.</summary>
    public bool Reset { get; init; }
}
