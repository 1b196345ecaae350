using System.Text.RegularExpressions;
using Yunnao.Standards.Alarms;

namespace Yunnao.Standards.Compile;

/// <summary>
/// "The text mentions a word of the list": phrases that only look like the word or like a denial are taken out, then what is denied
/// (from the denying word to the end of its clause), and what is left is searched.
/// </summary>
internal static class MentionSql
{
    /// <summary>A condition that is false for a missing text.</summary>
    public static string Condition(string text, WordList list, Negation? negation)
    {
        var cleared = text;
        string[] phrases = [.. list.Not, .. negation?.Except ?? []];
        if (phrases.Length > 0) cleared = Replace(cleared, AnyOf(phrases), negation?.Until[..1] ?? " ");
        if (negation is not null) cleared = Replace(cleared, $"{AnyOf(negation.Words)}[^{Class(negation.Until)}]*", "");
        return $"coalesce(regexp_matches({cleared}, {Sql.Text(AnyOf(list.Any))}), false)";
    }

    private static string Replace(string text, string pattern, string by) => $"regexp_replace({text}, {Sql.Text(pattern)}, {Sql.Text(by)}, 'g')";

    // Longest first, so that a phrase wins over its own beginning.
    private static string AnyOf(IEnumerable<string> words) => $"(?:{string.Join('|', words.OrderByDescending(w => w.Length).Select(Regex.Escape))})";

    private static string Class(string characters) =>
        string.Concat(characters.Select(c => c is ']' or '[' or '\\' or '^' or '-' ? $"\\{c}" : c.ToString()));
}
