using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads the plausible range of an item. What passes is safe to stand in SQL: a plain number, or an ISO date or time.</summary>
internal static class Ranges
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
    private static readonly string[] Times = ["HH:mm", "HH:mm:ss"];
    private static readonly string[] DateTimes = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"];

    public static (string? Min, string? Max) Check(CsvTable row, ElementType type)
    {
        var min = row["min"].OrNull();
        var max = row["max"].OrNull();
        var low = Read(row, "min", min, type);
        var high = Read(row, "max", max, type);
        if (low is null || high is null) return (low is null ? null : min, high is null ? null : max);
        if (low > high) row.Report("standards.bad-range", $"min {min} is more than max {max}");
        return (min, max);
    }

    /// <summary>The bound as a number that can be compared with the other bound; null when there is none, or none that can be read.</summary>
    private static decimal? Read(CsvTable row, string what, string? text, ElementType type)
    {
        if (text is null) return null;
        var culture = CultureInfo.InvariantCulture;
        decimal? value = type switch
        {
            ElementType.N => decimal.TryParse(text, Number, culture, out var number) ? number : null,
            ElementType.D => DateOnly.TryParseExact(text, DateTimes[0], culture, DateTimeStyles.None, out var date) ? date.DayNumber : null,
            ElementType.DT => DateTime.TryParseExact(text, DateTimes, culture, DateTimeStyles.None, out var moment) ? moment.Ticks : null,
            ElementType.T => TimeOnly.TryParseExact(text, Times, culture, DateTimeStyles.None, out var time) ? time.Ticks : null,
            _ => null,
        };
        if (value is null) row.Report("standards.bad-range", $"{what} '{text}' is no bound of type {type}; {Example(type)}");
        return value;
    }

    private static Sentence Example(ElementType type) => type switch
    {
        ElementType.N => (Sentence)"write a number such as 36.5",
        ElementType.D or ElementType.DT => "write a date such as 1900-01-01",
        ElementType.T => "write a time such as 08:30",
        _ => "only numbers, dates and times have a range",
    };
}
