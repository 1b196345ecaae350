using Yunnao.Kernel;

namespace Yunnao.Trust.FreeText;

/// <summary>
/// Numbers that identify: citizen numbers by their form and check character (GB 11643, ISO 7064 MOD 11-2), telephones by the Chinese
/// numbering plan and in American form, bank cards and other long numbers. Digits may be in groups with one blank or hyphen between them.
/// </summary>
internal static class NumberReader
{
    private const int MostDigits = 24;
    private const int LongNumber = 12;

    /// <summary>What begins with the digit at <paramref name="start"/>: its kind and end, or no kind.</summary>
    public static (IdentifierKind? Kind, int End) Read(ReadOnlySpan<char> text, int start)
    {
        Span<char> digits = stackalloc char[MostDigits];
        Span<int> groups = stackalloc int[6];
        Span<int> ends = stackalloc int[6];
        var (count, group, at) = (0, 0, start);
        while (group < groups.Length)
        {
            var end = Glyph.AfterDigits(text, at);
            if (end == at || count + end - at > MostDigits) break;
            for (; at < end; at++) digits[count++] = (char)('0' + Glyph.Value(text[at]));
            (groups[group], ends[group]) = (count, at);
            group++;
            if (!(Glyph.At(text, at) is '-' or ' ' or '－' && Glyph.IsDigit(Glyph.At(text, at + 1)))) break;
            at++;
        }

        for (var last = group - 1; last >= 0; last--)
        {
            if (Kind(text, digits[..groups[last]], groups[..(last + 1)], ends[last], start) is var (kind, end)) return (kind, end);
        }

        return (null, start);
    }

    /// <summary>The end of a telephone number whose area code stands in brackets, (027)88881234 or (312) 555-0199, or <paramref name="start"/>.</summary>
    public static int Bracketed(ReadOnlySpan<char> text, int start)
    {
        var close = Glyph.AfterDigits(text, start + 1);
        if (close - start is not (4 or 5) || Glyph.At(text, close) is not (')' or '）')) return start;
        var at = Glyph.At(text, close + 1) is ' ' or '-' ? close + 2 : close + 1;
        var end = Glyph.AfterDigits(text, at);
        if (Glyph.At(text, start + 1) == '0' && end - at is 7 or 8) return end;
        if (end - at is not (3 or 4) || Glyph.At(text, end) is not ('-' or ' ')) return start;
        var last = Glyph.AfterDigits(text, end + 1);
        return last - end == 5 ? last : start;
    }

    private static (IdentifierKind Kind, int End)? Kind(ReadOnlySpan<char> text, Span<char> digits, ReadOnlySpan<int> groups, int end, int start)
    {
        if (Citizen(text, digits, end) is { } citizen) return (IdentifierKind.IdNumber, citizen);
        if (groups.Length == 1 && (Glyph.At(text, end) is '.' && Glyph.IsDigit(Glyph.At(text, end + 1)))) return null;
        if (IsPhone(digits, groups, Glyph.At(text, start - 1) == '+')) return (IdentifierKind.Phone, end);
        if (groups is [3, 5, 9]) return (IdentifierKind.IdNumber, end);
        return digits.Length >= LongNumber && (groups.Length == 1 || IsCard(digits, groups)) && Glyph.At(text, start - 1) is not '.' ? (IdentifierKind.RecordNumber, end) : null;
    }

    /// <summary>The end of a citizen number: 18 with a birth date inside, whatever its check character; or the old form of 15 digits.</summary>
    private static int? Citizen(ReadOnlySpan<char> text, Span<char> digits, int end)
    {
        if (digits.Length == 17 && Glyph.At(text, end) is 'X' or 'x' or 'Ｘ' && HasBirthDate(digits[6..14])) return end + 1;
        if (digits.Length == 18 && (HasBirthDate(digits[6..14]) || IdNumber.IsValid(digits))) return end;
        return digits.Length == 15 && digits[0] is >= '1' and <= '8' && IsMonthDay(digits[8..12]) ? end : null;
    }

    private static bool IsPhone(ReadOnlySpan<char> digits, ReadOnlySpan<int> groups, bool plus)
    {
        if (digits.Length == 11 && digits[0] == '1' && digits[1] is >= '3' and <= '9' && (groups.Length == 1 || groups is [3, 7, 11])) return true;
        if (digits.Length == 13 && digits[0] == '8' && digits[1] == '6' && digits[2] == '1' && digits[3] >= '3') return true;
        if (plus && digits.Length is >= 9 and <= 15) return true;
        if (digits[0] == '0' && digits[1 % digits.Length] != '0' && digits.Length is >= 10 and <= 12 && (groups.Length == 1 || groups[0] is 3 or 4)) return true;
        if (groups.Length >= 2 && groups[0] == 3 && digits[0] is '4' or '8' && digits.Length == 10 && digits[1] == '0' && digits[2] == '0') return true;
        return groups is [3, 6, 10] && digits[0] >= '2';
    }

    private static bool IsCard(ReadOnlySpan<char> digits, ReadOnlySpan<int> groups) => groups.Length >= 4 && groups[0] == 4 && digits.Length is >= 15 and <= 19;

    private static bool HasBirthDate(ReadOnlySpan<char> date) => date[..2] is "19" or "20" or "18" && IsMonthDay(date[4..]);

    private static bool IsMonthDay(ReadOnlySpan<char> text) => Glyph.Number(text[..2]) is >= 1 and <= 12 && Glyph.Number(text[2..]) is >= 1 and <= 31;
}
