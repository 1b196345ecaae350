using Yunnao.Kernel;

namespace Yunnao.Synthetic.People;

/// <summary>Makes citizen identity numbers (GB 11643).</summary>
internal static class IdNumbers
{
    /// <summary>The number with its check character. An odd sequence number is a man's, an even one a woman's.</summary>
    public static string Make(string division, DateOnly born, int sequence)
    {
        Span<char> text = stackalloc char[18];
        division.CopyTo(text);
        born.TryFormat(text[6..], out _, "yyyyMMdd");
        sequence.TryFormat(text[14..], out _, "000");
        text[17] = IdNumber.CheckCharacter(text);
        return new string(text);
    }

    /// <summary>The same number with another division and its right check character: a slip of the pen that no check digit shows.</summary>
    public static string InDivision(string number, string division) => Correct(division + number[6..]);

    private static string Correct(string number) => number[..17] + IdNumber.CheckCharacter(number);
}
