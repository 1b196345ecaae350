using System.Text;

namespace Yunnao.Services.Imaging.Index;

/// <summary>
/// Person names in the form in which they are compared: upper case, single spaces, no empty components at the end. The three groups of a
/// name (alphabetic, ideographic, phonetic; PS3.5, 6.2.1) are compared each on its own.
/// </summary>
internal static class NameKeys
{
    private static readonly char[] Separators = ['^', ' ', ',', '-', '.', '·'];

    /// <summary>A name, or a pattern for names, folded.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var character in name.Trim().Normalize(NormalizationForm.FormC))
        {
            var isSpace = char.IsWhiteSpace(character) || character == '\0';
            if (isSpace && (folded.Length == 0 || folded[^1] is ' ' or '^' or '=')) continue;
            if (character is '^' or '=' && folded.Length > 0 && folded[^1] == ' ') folded.Length--;
            folded.Append(isSpace ? ' ' : char.ToUpperInvariant(character));
        }

        return folded.ToString().TrimEnd('^', '=', ' ');
    }

    /// <summary>The groups of a name that are not empty, folded.</summary>
    public static IEnumerable<string> Groups(string name) =>
        Fold(name).Split('=').Select(g => g.Trim('^', ' ')).Where(g => g.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>The words of all groups, and each group without separators: what a fuzzy search looks for.</summary>
    public static IEnumerable<string> Words(string name) =>
        Groups(name).SelectMany(g => g.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Append(string.Concat(g.Split(Separators)))).Distinct(StringComparer.Ordinal);

    /// <summary>Characters of a beginning that has a keyed hash of its own.</summary>
    public const int MostPrefix = 6;

    /// <summary>Kinds of what is hashed: a whole group, the beginning of a group, the beginning of a word.</summary>
    public const char WholeGroup = 'G', GroupPrefix = 'g', WordPrefix = 'w';

    /// <summary>All that a name can be found by: its groups, and the beginnings of its groups and words.</summary>
    public static IEnumerable<(char Kind, string Text)> Tokens(string name)
    {
        foreach (var group in Groups(name))
        {
            yield return (WholeGroup, group);
            foreach (var prefix in Prefixes(group)) yield return (GroupPrefix, prefix);
        }

        foreach (var prefix in Words(name).SelectMany(Prefixes).Distinct(StringComparer.Ordinal)) yield return (WordPrefix, prefix);
    }

    /// <summary>The beginning of a text that has a hash; it does not end inside a character of two units.</summary>
    public static string Prefix(string text) => text.Length <= MostPrefix ? text : char.IsHighSurrogate(text[MostPrefix - 1]) ? text[..(MostPrefix - 1)] : text[..MostPrefix];

    private static IEnumerable<string> Prefixes(string text)
    {
        for (var length = 1; length <= Math.Min(text.Length, MostPrefix); length++)
            if (!char.IsHighSurrogate(text[length - 1])) yield return text[..length];
    }

    /// <summary>True when two names can be of one person: a group that both have is the same.</summary>
    public static bool Agree(string one, string other)
    {
        var (first, second) = (Fold(one).Split('='), Fold(other).Split('='));
        var (compared, same) = (false, false);
        for (var i = 0; i < Math.Min(first.Length, second.Length); i++)
        {
            if (first[i].Length == 0 || second[i].Length == 0) continue;
            compared = true;
            same |= first[i].Trim('^') == second[i].Trim('^');
        }

        return !compared || same;
    }
}
