namespace Yunnao.Services.Surveillance.Detection;

/// <summary>Which earlier points <see cref="Rki"/> and <see cref="BayesDetector"/> compare with.</summary>
public sealed record ReferenceOptions
{
    /// <summary>Earlier years to look at; 0 compares with this year only.</summary>
    public int Years { get; init; }

    /// <summary>Points on each side of the same week in an earlier year, and points before the scored one in this year.</summary>
    public int HalfWindow { get; init; } = 6;

    /// <summary>Whether the points just before the scored one belong to the reference.</summary>
    public bool CurrentYear { get; init; } = true;

    /// <summary>Points in a year: 52 for weeks, 12 for months, 365 for days.</summary>
    public int Frequency { get; init; } = 52;

    /// <summary>One-sided chance of a false alarm; used by <see cref="BayesDetector"/> only.</summary>
    public double Alpha { get; init; } = 0.05;
}
