namespace Yunnao.Synthetic;

/// <summary>What city to make.</summary>
public sealed class CityOptions
{
    /// <summary>Residents when the period begins, 1 to 4,000,000; babies come on top. Default 20,000.</summary>
    public long Residents { get; init; } = 20_000;

    /// <summary>Length of the period, 1 to 120 months. Default 12.</summary>
    public int Months { get; init; } = 12;

    /// <summary>The same seed gives the same bytes. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>First month of the period. Default January 2025.</summary>
    public DateOnly Start { get; init; } = new(2025, 1, 1);

    /// <summary>Share of records that are spoiled or sent twice, 0 to 0.5. Default 0.005.</summary>
    public double Dirty { get; init; } = 0.005;

    /// <summary>Share of records that are sent again, corrected, in a later file, 0 to 0.5. Default 0.002.</summary>
    public double Corrections { get; init; } = 0.002;

    /// <summary>The folder that is filled; its files of the same names are overwritten.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of the city's own tables (<c>standards/synthetic</c>).</summary>
    public required string Tables { get; init; }
}
