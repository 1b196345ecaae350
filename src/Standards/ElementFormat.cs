namespace Yunnao.Standards;

/// <summary>
/// A representation format of WS 370, such as <c>AN..50</c>, <c>N..6,2</c>, <c>D8</c>.
/// Lengths are in characters; <see cref="Exact"/> is true when the length is fixed.
/// </summary>
public readonly record struct ElementFormat(string Text, int Length, int Decimals, bool Exact)
{
    /// <summary>Most digits that fit a 64-bit integer.</summary>
    public const int MostDigits = 18;

    /// <summary>Reads a format of the given type.</summary>
    /// <returns>The format, or null when the text is no format or not one of this type.</returns>
    public static ElementFormat? Parse(string text, ElementType type) => type switch
    {
        ElementType.S1 or ElementType.S2 or ElementType.S3 => Sized(text, text is ['A', 'N', ..] ? 2 : text is ['A' or 'N', ..] ? 1 : 0),
        ElementType.N => text is ['N', ..] && Sized(text, 1) is { Length: <= MostDigits } number ? number : null,
        ElementType.L => text == "T/F" ? new(text, 1, 0, false) : null,
        ElementType.D => text == "D8" ? new(text, 8, 0, true) : null,
        ElementType.DT => text == "DT15" ? new(text, 15, 0, true) : null,
        ElementType.T => text == "T6" ? new(text, 6, 0, true) : null,
        _ => null,
    };

    /// <summary>After the letters: <c>10</c>, <c>..50</c>, <c>1..20</c> or one of them with <c>,2</c>; decimals only after a bare N.</summary>
    private static ElementFormat? Sized(string text, int letters)
    {
        if (letters == 0) return null;
        var size = text.AsSpan(letters);
        var decimals = 0;
        if (size.IndexOf(',') is >= 0 and var comma)
        {
            if (letters != 1 || text[0] != 'N' || !Number(size[(comma + 1)..], out decimals)) return null;
            size = size[..comma];
        }

        var dots = size.IndexOf("..");
        if (dots > 0 && !Number(size[..dots], out _)) return null;
        if (!Number(dots < 0 ? size : size[(dots + 2)..], out var length) || decimals >= length) return null;
        return new(text, length, decimals, dots < 0);
    }

    private static bool Number(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 9 && !text.ContainsAnyExceptInRange('0', '9') && int.TryParse(text, out number) && number > 0;
    }
}
