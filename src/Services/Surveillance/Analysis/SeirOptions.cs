namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>What an SEIR fit takes as known.</summary>
public sealed record SeirOptions
{
    /// <summary>People.</summary>
    public required double Population { get; init; }

    /// <summary>Mean days between infection and infectiousness.</summary>
    public required double LatentDays { get; init; }

    /// <summary>Mean days of infectiousness.</summary>
    public required double InfectiousDays { get; init; }

    /// <summary>Share of infections that become reported cases.</summary>
    public double Reported { get; init; } = 1;

    /// <summary>Steps of a day in the integration.</summary>
    public int StepsPerDay { get; init; } = 4;
}
