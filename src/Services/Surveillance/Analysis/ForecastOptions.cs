namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>Settings of <see cref="Forecast"/>.</summary>
public sealed record ForecastOptions
{
    /// <summary>Counts at the end of the series whose growth is carried on.</summary>
    public int Window { get; init; } = 6;

    /// <summary>Share of the growth that is left after each step.</summary>
    public double Damping { get; init; } = 0.8;

    /// <summary>Simulated paths.</summary>
    public int Paths { get; init; } = 2000;

    /// <summary>Seed of the simulation.</summary>
    public ulong Seed { get; init; } = 1;
}
