namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// One alarm: the days from the first signal of a series, or of a group of neighbouring ones, to the last.
/// </summary>
/// <param name="Group">What the series have in common, for example the disease in a city.</param>
/// <param name="Opened">Day number of the first signal.</param>
public sealed record Episode(int Group, int Opened)
{
    /// <summary>Last day on which a series of the episode was a signal or still unusual.</summary>
    public int LastSeen { get; internal set; } = Opened;

    /// <summary>Days with a signal.</summary>
    public int Days { get; internal set; }

    /// <summary>Smallest p-value so far.</summary>
    public double BestPValue { get; internal set; } = 1;

    /// <summary>Series that have signalled, each with the day on which it first did.</summary>
    public IReadOnlyDictionary<int, int> Series => Members;

    internal Dictionary<int, int> Members { get; } = [];
}
