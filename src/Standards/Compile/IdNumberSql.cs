namespace Yunnao.Standards.Compile;

/// <summary>The citizen identity number of GB 11643-1999: 17 digits and a check character by ISO 7064 MOD 11-2.</summary>
internal static class IdNumberSql
{
    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>A condition that is true when the text is given and is no valid number.</summary>
    public static string Fails(string text)
    {
        var sum = string.Join(" + ", Weights.Select((w, i) => $"(ord({text}[{i + 1}]) - 48) * {w}"));
        return $"({text} IS NOT NULL AND CASE WHEN regexp_full_match({text}, '[1-9][0-9]{{16}}[0-9Xx]') THEN '10X98765432'[({sum}) % 11 + 1] <> upper({text}[18]) ELSE true END)";
    }
}
