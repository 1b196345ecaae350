namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Settings of <see cref="Serfling"/>.</summary>
public sealed record SerflingOptions
{
    /// <summary>Sine–cosine pairs of the year.</summary>
    public int Harmonics { get; init; } = 1;

    /// <summary>Points in a year.</summary>
    public double Frequency { get; init; } = 365.25 / 7;

    /// <summary>Standard deviations of the residuals from the curve to the threshold: 1.645 is a one-sided 5 %.</summary>
    public double Width { get; init; } = 1.645;

    /// <summary>
    /// Share of the highest training counts left out as epidemic (Pelat et al. 2007 leave out 15 %); zero keeps all.
    /// </summary>
    public double Pruned { get; init; } = 0.15;
}
