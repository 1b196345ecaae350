using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>Settings of <see cref="CombinedDetector"/>; the defaults are for daily counts.</summary>
public sealed record CombinedOptions
{
    /// <summary>Daily counts: windows of 1, 3, 7 and 14 days.</summary>
    public static CombinedOptions Daily { get; } = new();

    /// <summary>Weekly counts: windows of 1, 2 and 4 weeks.</summary>
    public static CombinedOptions Weekly { get; } = new() { Windows = [1, 2, 4], Block = 1, Year = 365.25 / 7, Guard = 4 };

    /// <summary>Lengths of the windows that end at the scored point, in points, ascending; at most <see cref="WindowScores.Most"/>.</summary>
    public IReadOnlyList<int> Windows { get; init; } = [1, 3, 7, 14];

    /// <summary>Points in a week: 7 with a weekday pattern, 1 for weekly counts.</summary>
    public int Block { get; init; } = 7;

    /// <summary>Points in a year.</summary>
    public double Year { get; init; } = 365.25;

    /// <summary>Years of the past that the baseline learns from.</summary>
    public int Years { get; init; } = 5;

    /// <summary>
    /// Points before the scored one that the baseline leaves out, so that an outbreak does not raise its own baseline; up to
    /// Block − 1 more, because the baseline is fitted once a week.
    /// </summary>
    public int Guard { get; init; } = 14;

    /// <summary>Weeks after which what a week says of the current level counts half.</summary>
    public double HalfLife { get; init; } = 8;

    /// <summary>Weeks of history without which there is no baseline and no alarm.</summary>
    public int MinimumWeeks { get; init; } = 8;

    internal Problem? Check()
    {
        if (Windows.Count is 0 or > WindowScores.Most || Windows[0] < 1 || Windows.Zip(Windows.Skip(1)).Any(pair => pair.First >= pair.Second))
            return Series.BadOption(nameof(Windows), $"one to {WindowScores.Most} lengths, ascending, from 1");
        if (Block < 1 || !(Year > 2 * Block) || double.IsInfinity(Year))
            return Series.BadOption(nameof(Block), "at least 1 and far below a year");
        if (Years is < 1 or > 50 || Guard < 0 || MinimumWeeks < 2)
            return Series.BadOption(nameof(Years), "between 1 and 50, with a guard of zero or more and at least 2 weeks of history");
        return HalfLife is > 0 and < 1000 ? null : Series.BadOption(nameof(HalfLife), "between 0 and 1000 weeks");
    }
}
