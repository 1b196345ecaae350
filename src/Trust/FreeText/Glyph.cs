namespace Yunnao.Trust.FreeText;

/// <summary>Classes of characters, and small steps over a text that is never left.</summary>
internal static class Glyph
{
    /// <summary>A digit, ASCII or full width.</summary>
    public static bool IsDigit(char c) => c is (>= '0' and <= '9') or (>= '０' and <= '９');

    /// <summary>The value of a digit.</summary>
    public static int Value(char c) => c >= '０' ? c - '０' : c - '0';

    public static bool IsLatin(char c) => (uint)((c | 0x20) - 'a') <= 'z' - 'a';

    public static bool IsUpper(char c) => c is >= 'A' and <= 'Z';

    /// <summary>A Han character of the basic block or extension A.</summary>
    public static bool IsHan(char c) => c is (>= '\u4e00' and <= '\u9fff') or (>= '\u3400' and <= '\u4dbf');

    /// <summary>The middle dot between the parts of a transliterated name.</summary>
    public static bool IsMiddleDot(char c) => c is '·' or '•' or '・' or '‧';

    /// <summary>Anything that is no word character: punctuation, blanks, line ends.</summary>
    public static bool IsBoundary(char c) => !IsHan(c) && !IsDigit(c) && !IsLatin(c) && !IsMiddleDot(c);

    /// <summary>The character, or NUL outside the text.</summary>
    public static char At(ReadOnlySpan<char> text, int index) => (uint)index < (uint)text.Length ? text[index] : '\0';

    /// <summary>True when a colon or the like stands at the position, blanks passed over.</summary>
    public static bool IsColon(ReadOnlySpan<char> text, int at)
    {
        while (At(text, at) is ' ' or '\t' or '\u3000' or ')' or '）') at++;
        return At(text, at) is ':' or '：' or '=' or '|';
    }

    /// <summary>The first position at or after <paramref name="at"/> that is no blank, colon, bracket or other sign between a label and its value.</summary>
    public static int AfterLabel(ReadOnlySpan<char> text, int at)
    {
        while (At(text, at) is ' ' or '\t' or '\u3000' or ':' or '：' or '=' or '|' or '(' or '（' or ')' or '）' or '"' or '“' or '「' or '#' or '为' or '是' or '.' or '_') at++;
        return at;
    }

    /// <summary>The first position at or after <paramref name="at"/> that is no digit.</summary>
    public static int AfterDigits(ReadOnlySpan<char> text, int at)
    {
        while (IsDigit(At(text, at))) at++;
        return at;
    }

    /// <summary>The number that the digits of a stretch make; meant for at most nine digits.</summary>
    public static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits) number = number * 10 + Value(digit);
        return number;
    }
}
