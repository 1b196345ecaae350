namespace Yunnao.Services.Identity;

/// <summary>
/// What is asked of a person's name: whether it, its family name or a given name begins with a text, contains it or is it, whatever the case (FHIR R4, Search, parameters of type string).
/// A name of several words begins with the family name, as the vault joins them; of one in Chinese characters the first or the first two are the family name.
/// </summary>
/// <param name="Part">The part of the name.</param>
/// <param name="Modifier">exact, contains, or empty for the beginning.</param>
/// <param name="Values">The alternatives.</param>
internal sealed record NameQuestion(NamePart Part, string Modifier, IReadOnlyList<string> Values)
{
    /// <summary>Characters of a Chinese family name.</summary>
    internal const int LongestFamily = 2;

    private readonly string[] _wanted = [.. Values.Select(v => Modifier == "exact" ? v.Trim() : Fold(v))];

    /// <summary>With what a part of the name begins, whatever the case; null when it only has to be contained.</summary>
    public IEnumerable<string>? Beginnings => Modifier == "contains" ? null : _wanted.Where(w => w.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>True of a name that fits.</summary>
    public bool Fits(string name)
    {
        var folded = Modifier == "exact" ? name.Trim() : Fold(name);
        return Parts(folded).Any(part => _wanted.Any(wanted => wanted.Length > 0 && Modifier switch
        {
            "exact" => part == wanted,
            "contains" => part.Contains(wanted, StringComparison.Ordinal),
            _ => part.StartsWith(wanted, StringComparison.Ordinal),
        }));
    }

    private IEnumerable<string> Parts(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return [];
        if (Part == NamePart.Any) return words.Append(name).Distinct(StringComparer.Ordinal);
        if (words.Length > 1) return Part == NamePart.Family ? words[..1] : words[1..];
        if (!IsChinese(name[0])) return Part == NamePart.Family ? words : [];
        return Enumerable.Range(1, LongestFamily).Where(n => n < name.Length).Select(n => Part == NamePart.Family ? name[..n] : name[n..]);
    }

    internal static bool IsChinese(char character) => character is >= '\u3400' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF';

    private static string Fold(string text) => text.Trim().ToUpperInvariant();
}
