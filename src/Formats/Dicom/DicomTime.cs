using System.Globalization;

namespace Yunnao.Formats.Dicom;

/// <summary>Dates and times of DICOM (PS3.5 6.2: DA, TM, DT), and their old forms of ACR-NEMA with dots and colons.</summary>
public static class DicomTime
{
    /// <summary>A date: <c>YYYYMMDD</c>, <c>YYYY.MM.DD</c>, or the date of a DT.</summary>
    public static bool TryParseDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        var plain = text.Trim();
        if (plain.Length == 10 && plain[4] is '.' or '-' && plain[7] == plain[4])
            return DateOnly.TryParseExact(plain, plain[4] == '.' ? "yyyy.MM.dd" : "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
        return DateOnly.TryParseExact(plain.Length > 8 ? plain[..8] : plain, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>A time of day: <c>HH</c>, <c>HHMM</c>, <c>HHMMSS</c>, <c>HHMMSS.FFFFFF</c>, with colons or without. Second 60 is read as 59.</summary>
    public static bool TryParseTime(ReadOnlySpan<char> text, out TimeOnly time)
    {
        time = default;
        Span<char> digits = stackalloc char[16];
        var count = 0;
        var plain = text.Trim();
        var dot = plain.IndexOf('.');
        foreach (var c in dot < 0 ? plain : plain[..dot])
        {
            if (c == ':') continue;
            if (!char.IsAsciiDigit(c) || count == 6) return false;
            digits[count++] = c;
        }

        if (count is 0 or 1 or 3 or 5) return false;
        var (hour, minute, second) = (Two(digits, 0), count > 2 ? Two(digits, 2) : 0, count > 4 ? Math.Min(Two(digits, 4), 59) : 0);
        if (hour > 23 || minute > 59) return false;
        long ticks = 0;
        var fraction = dot < 0 ? default : plain[(dot + 1)..];
        if (fraction.Length > 6) fraction = fraction[..6];
        for (var i = 0; i < 7; i++)
        {
            if (i < fraction.Length && !char.IsAsciiDigit(fraction[i])) return false;
            ticks = ticks * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        time = new TimeOnly(hour, minute, second).Add(new TimeSpan(ticks));
        return true;
    }

    private static int Two(ReadOnlySpan<char> digits, int at) => (digits[at] - '0') * 10 + digits[at + 1] - '0';
}
