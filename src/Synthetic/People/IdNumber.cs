namespace Yunnao.Synthetic.People;

/// <summary>The citizen identification number of GB 11643-1999: division (6), birth date (8), sequence (3), check digit.</summary>
public static class IdNumber
{
    private const string CheckDigits = "10X98765432";

    /// <summary>The number with its check digit. An odd sequence number is a man's, an even one a woman's.</summary>
    public static string Make(string division, DateOnly born, int sequence)
    {
        Span<char> text = stackalloc char[18];
        division.CopyTo(text);
        born.TryFormat(text[6..], out _, "yyyyMMdd");
        sequence.TryFormat(text[14..], out _, "000");
        text[17] = CheckDigit(text);
        return new string(text);
    }

    /// <summary>Check digit over the first 17 characters (ISO 7064 MOD 11-2).</summary>
    public static char CheckDigit(ReadOnlySpan<char> number)
    {
        var sum = 0;
        for (var i = 0; i < 17; i++) sum += (number[i] - '0') * ((1 << (17 - i)) % 11);
        return CheckDigits[sum % 11];
    }

    /// <summary>True when the form and the check digit are right.</summary>
    public static bool IsValid(ReadOnlySpan<char> number)
    {
        if (number.Length != 18 || number[..17].ContainsAnyExceptInRange('0', '9')) return false;
        return DateOnly.TryParseExact(number.Slice(6, 8), "yyyyMMdd", out _) && CheckDigit(number) == number[17];
    }
}
