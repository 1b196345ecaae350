using System.Globalization;

namespace Yunnao.Services.Fhir;

/// <summary>A date or time of a search as the span of time that it names (FHIR R4, 3.1.1.4.7), on the records' clock.</summary>
/// <param name="High">The first moment after it.</param>
internal readonly record struct FhirTime(DateTime Low, DateTime High)
{
    private static readonly (string Format, Func<DateTime, DateTime> End)[] s_formats =
    [
        ("yyyy", t => t.AddYears(1)), ("yyyy-MM", t => t.AddMonths(1)), ("yyyy-MM-dd", t => t.AddDays(1)), ("yyyy-MM-dd'T'HH:mm", t => t.AddMinutes(1)), ("yyyy-MM-dd'T'HH:mm:ss", t => t.AddSeconds(1)),
        ("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", t => t.AddMicroseconds(1)),
    ];

    /// <summary>What a date of a search looks like, for whoever wrote something else.</summary>
    public const string Form = "A date is 2024, 2024-05, 2024-05-06 or a time such as 2024-05-06T10:00:00+08:00, after one of eq, ne, lt, le, gt, ge, sa, eb, ap or none (in an address + is %2B).";

    /// <summary>Reads <c>2024</c>, <c>2024-05</c>, <c>2024-05-06</c>, <c>2024-05-06T10:00</c> and longer, with <c>Z</c> or an offset or with neither.</summary>
    public static bool TryRead(string text, out FhirTime time)
    {
        var (clock, shift) = (text, TimeSpan.Zero);
        time = default;
        if (text.IndexOf('T', StringComparison.Ordinal) is > 0 and var t)
        {
            if (text[^1] == 'Z') (clock, shift) = (text[..^1], ElementLeaf.Offset);

            // In an address a plus that is not escaped is a blank.
            else if (text.AsSpan(t).IndexOfAny('+', '-', ' ') is > 0 and var sign)
            {
                if (!TimeSpan.TryParseExact(text[(t + sign + 1)..], @"hh\:mm", CultureInfo.InvariantCulture, out var offset)) return false;
                (clock, shift) = (text[..(t + sign)], ElementLeaf.Offset - (text[t + sign] == '-' ? -offset : offset));
            }
        }

        foreach (var (format, end) in s_formats)
        {
            if (!DateTime.TryParseExact(clock, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var low) || low.Year is < 2 or > 9990) continue;
            low += shift;
            time = new(low, end(low));
            return true;
        }

        return false;
    }

    /// <summary>The span of <c>ap</c>: wider by a tenth of how long ago it is.</summary>
    public FhirTime About(DateTime now)
    {
        var tenth = (now - Low).Duration() / 10;
        return new(Low - tenth, High + tenth);
    }
}
