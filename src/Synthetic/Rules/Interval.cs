namespace Yunnao.Synthetic.Rules;

/// <summary>A span of time as SQL has it: whole months, which have no fixed length, and the rest.</summary>
internal readonly record struct Interval(int Months, TimeSpan Rest)
{
    public static Interval Of(int count, string unit) => unit switch
    {
        "year" => new(12 * count, default),
        "month" => new(count, default),
        "day" => new(0, TimeSpan.FromDays(count)),
        "hour" => new(0, TimeSpan.FromHours(count)),
        "minute" => new(0, TimeSpan.FromMinutes(count)),
        "second" => new(0, TimeSpan.FromSeconds(count)),
        _ => throw new RuleSyntaxException($"'{unit}' is no unit of time"),
    };

    public static DateTime operator +(DateTime time, Interval interval) => time.AddMonths(interval.Months) + interval.Rest;

    public static DateTime operator -(DateTime time, Interval interval) => time.AddMonths(-interval.Months) - interval.Rest;

    /// <summary>For comparisons a month counts as 30 days, as in SQL.</summary>
    public TimeSpan Length => TimeSpan.FromDays(30 * Months) + Rest;
}
