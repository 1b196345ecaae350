using System.Text;

namespace Yunnao.Trust.Audit;

/// <summary>The words by which kinds of events are stored and asked for: <c>sign-in-failed</c>.</summary>
public static class AuditWords
{
    private static readonly string[] s_words = [.. Enum.GetValues<AuditKind>().Select(Write)];

    public static string Of(AuditKind kind) => s_words[(int)kind];

    public static bool TryParse(string word, out AuditKind kind)
    {
        kind = (AuditKind)Array.IndexOf(s_words, word);
        return kind >= 0;
    }

    private static string Write(AuditKind kind)
    {
        var text = new StringBuilder();
        foreach (var c in kind.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
