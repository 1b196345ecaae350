namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// How a series finds "the same point, some years earlier". Without a date a year is a fixed number of points. With the date
/// of its first point it is found by date: the point that holds, or starts nearest to, the same day of the earlier year, so
/// that ISO weeks 53 do not shift the season.
/// </summary>
public sealed record Calendar
{
    private Calendar(int frequency, DateOnly? start, int days)
    {
        Frequency = frequency;
        Start = start;
        Days = days;
    }

    /// <summary>Weekly points, 52 to the year.</summary>
    public static Calendar Weeks { get; } = new(52, null, 7);

    /// <summary>Daily points, 365 to the year.</summary>
    public static Calendar DaysOfYear { get; } = new(365, null, 1);

    /// <summary>Points in a year.</summary>
    public int Frequency { get; }

    /// <summary>Date of the first point, or null when years are counted in points.</summary>
    public DateOnly? Start { get; }

    /// <summary>Days in a point.</summary>
    public int Days { get; }

    /// <summary>Weekly points whose first one starts on <paramref name="start"/>.</summary>
    public static Calendar WeeksFrom(DateOnly start) => new(52, start, 7);

    /// <summary>Daily points from <paramref name="start"/>.</summary>
    public static Calendar DaysFrom(DateOnly start) => new(365, start, 1);

    /// <summary>Points of any other length: <paramref name="frequency"/> to the year.</summary>
    public static Calendar Every(int frequency) =>
        new(frequency > 0 ? frequency : throw new ArgumentOutOfRangeException(nameof(frequency)), null, 0);

    /// <summary>Position of the point <paramref name="years"/> years before <paramref name="index"/>; negative before the series.</summary>
    public int Back(int index, int years)
    {
        if (Start is not { } start)
            return index - (years * Frequency);
        var then = start.AddDays(index * Days).AddYears(-years);
        return (int)Math.Round((then.DayNumber - start.DayNumber) / (double)Days, MidpointRounding.AwayFromZero);
    }
}
