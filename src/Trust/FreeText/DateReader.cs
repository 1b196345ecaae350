namespace Yunnao.Trust.FreeText;

/// <summary>Calendar dates with a day, in the forms of Chinese and English records.</summary>
internal static class DateReader
{
    private const string ChineseDigits = "〇零一二三四五六七八九十○";
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>The end of the date whose first number stands between <paramref name="start"/> and <paramref name="end"/>, or <paramref name="start"/>.</summary>
    public static int AtDigits(ReadOnlySpan<char> text, int start, int end)
    {
        var first = end - start <= 8 ? Glyph.Number(text[start..end]) : 0;
        return (end - start) switch
        {
            4 when IsYear(first) => YearFirst(text, start, end),
            8 when IsYear(first / 10000) && IsMonthDay(first / 100 % 100, first % 100) => end,
            <= 2 when first > 0 => MonthOrDayFirst(text, start, end, first),
            _ => start,
        };
    }

    /// <summary>The end of an English date that begins with a month's name (March 5, 2024), or <paramref name="start"/>.</summary>
    public static int AtMonth(ReadOnlySpan<char> text, int start)
    {
        var at = AfterMonth(text, start);
        if (at == start) return start;
        at = Blank(text, at);
        var day = Glyph.AfterDigits(text, at);
        if (day == at || day - at > 2) return start;
        var end = Ordinal(text, day);
        var year = Blank(text, Glyph.At(text, end) == ',' ? end + 1 : end);
        return Glyph.AfterDigits(text, year) - year == 4 ? year + 4 : end;
    }

    /// <summary>二〇二四年三月五日, or <paramref name="start"/>.</summary>
    public static int Chinese(ReadOnlySpan<char> text, int start)
    {
        var at = Run(text, start, '年');
        if (at - start != 5) return start;
        var month = Run(text, at, '月');
        var day = month == at ? at : Run(text, month, '日');
        return day > month && month > at ? day : start;
    }

    private static int Run(ReadOnlySpan<char> text, int start, char end)
    {
        var at = start;
        while (at - start < 5 && ChineseDigits.Contains(Glyph.At(text, at))) at++;
        return at > start && Glyph.At(text, at) == end ? at + 1 : start;
    }

    private static int YearFirst(ReadOnlySpan<char> text, int start, int end)
    {
        var separator = Glyph.At(text, end);
        if (separator is not ('年' or '-' or '/' or '.' or '－')) return start;
        var monthAt = Blank(text, end + 1);
        var monthEnd = Glyph.AfterDigits(text, monthAt);
        if (monthEnd == monthAt || monthEnd - monthAt > 2) return start;
        var dayAt = separator == '年' ? (Glyph.At(text, monthEnd) == '月' ? Blank(text, monthEnd + 1) : -1) : (Glyph.At(text, monthEnd) == separator ? monthEnd + 1 : -1);
        if (dayAt < 0) return start;
        var dayEnd = Glyph.AfterDigits(text, dayAt);
        if (dayEnd == dayAt || dayEnd - dayAt > 2 || !IsMonthDay(Glyph.Number(text[monthAt..monthEnd]), Glyph.Number(text[dayAt..dayEnd]))) return start;
        return Glyph.At(text, dayEnd) is '日' or '号' ? dayEnd + 1 : dayEnd;
    }

    private static int MonthOrDayFirst(ReadOnlySpan<char> text, int start, int end, int first)
    {
        var separator = Glyph.At(text, end);
        if (separator == '月') return MonthDay(text, start, end, first);
        if (separator is '/' or '-') return Slashes(text, start, end, first, separator);
        var month = Blank(text, Ordinal(text, end));
        var after = month > end ? AfterMonth(text, month) : month;
        if (after == month || first > 31) return start;
        var year = Blank(text, Glyph.At(text, after) == ',' ? after + 1 : after);
        return Glyph.AfterDigits(text, year) - year == 4 ? year + 4 : after;
    }

    private static int MonthDay(ReadOnlySpan<char> text, int start, int end, int month)
    {
        var dayEnd = Glyph.AfterDigits(text, end + 1);
        return dayEnd > end + 1 && dayEnd - end <= 3 && Glyph.At(text, dayEnd) is '日' or '号' && IsMonthDay(month, Glyph.Number(text[(end + 1)..dayEnd])) ? dayEnd + 1 : start;
    }

    /// <summary>03/12/2024 or 12-03-2024.</summary>
    private static int Slashes(ReadOnlySpan<char> text, int start, int end, int first, char separator)
    {
        var secondEnd = Glyph.AfterDigits(text, end + 1);
        if (secondEnd == end + 1 || secondEnd - end > 3 || Glyph.At(text, secondEnd) != separator) return start;
        var yearEnd = Glyph.AfterDigits(text, secondEnd + 1);
        if (yearEnd - secondEnd != 5 || !IsYear(Glyph.Number(text[(secondEnd + 1)..yearEnd]))) return start;
        var second = Glyph.Number(text[(end + 1)..secondEnd]);
        return IsMonthDay(first, second) || IsMonthDay(second, first) ? yearEnd : start;
    }

    private static int AfterMonth(ReadOnlySpan<char> text, int start)
    {
        foreach (var month in Months)
        {
            if (text[Math.Min(start, text.Length)..].StartsWith(month)) return start + month.Length;
        }

        foreach (var month in Months)
        {
            if (!text[Math.Min(start, text.Length)..].StartsWith(month.AsSpan(0, 3)) || Glyph.IsLatin(Glyph.At(text, start + 3))) continue;
            return Glyph.At(text, start + 3) == '.' ? start + 4 : start + 3;
        }

        return start;
    }

    private static int Ordinal(ReadOnlySpan<char> text, int at) =>
        text[Math.Min(at, text.Length)..] is ['s', 't', ..] or ['n', 'd', ..] or ['r', 'd', ..] or ['t', 'h', ..] ? at + 2 : at;

    private static int Blank(ReadOnlySpan<char> text, int at)
    {
        while (Glyph.At(text, at) == ' ') at++;
        return at;
    }

    private static bool IsYear(int number) => number is >= 1900 and <= 2100;

    private static bool IsMonthDay(int month, int day) => month is >= 1 and <= 12 && day is >= 1 and <= 31;
}
