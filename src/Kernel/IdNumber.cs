namespace Yunnao.Kernel;

/// <summary>The citizen identity number of GB 11643-1999: division (6), birth date (8), sequence (3), check character by ISO 7064 MOD 11-2.</summary>
public static class IdNumber
{
    private const string CheckCharacters = "10X98765432";

    /// <summary>Weights of the first 17 digits.</summary>
    public static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>The check character of 17 digits.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++) sum += (digits[i] - '0') * Weights[i];
        return CheckCharacters[sum % 11];
    }

    /// <summary>True for 17 digits that do not begin with 0 and the right check character, X in either case.</summary>
    public static bool IsValid(ReadOnlySpan<char> number) =>
        number.Length == 18 && number[0] != '0' && number[..17].IndexOfAnyExceptInRange('0', '9') < 0 && char.ToUpperInvariant(number[17]) == CheckCharacter(number);
}
