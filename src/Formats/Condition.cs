using System.Text;

namespace Yunnao.Formats;

/// <summary>One comparison of a <c>where</c>: a path and what its values must be. A <c>where</c> holds when all its conditions hold.</summary>
/// <param name="Values">UTF-8; empty for <see cref="ConditionKind.Exists"/>.</param>
internal sealed record Condition(string Path, ConditionKind Kind, byte[][] Values)
{
    /// <summary>True when the text is one of the values.</summary>
    public bool Names(ReadOnlySpan<byte> text)
    {
        foreach (var value in Values)
            if (text.SequenceEqual(value)) return true;
        return false;
    }

    /// <summary>Reads <c>PATH op VALUES and PATH op VALUES …</c>; false when the text is not of that form.</summary>
    public static bool TryParse(string? where, out Condition[] conditions)
    {
        var list = new List<Condition>();
        conditions = [];
        if (string.IsNullOrWhiteSpace(where)) return true;
        foreach (var part in SplitAtAnd(where))
        {
            if (ParseOne(part.Trim()) is not { } condition) return false;
            list.Add(condition);
        }

        conditions = [.. list];
        return true;
    }

    private static Condition? ParseOne(string text)
    {
        var end = PathEnd(text);
        var path = text[..end];
        var rest = text[end..].TrimStart();
        if (path.Length == 0) return null;
        if (rest == "exists") return new(path, ConditionKind.Exists, []);
        if (rest.StartsWith("!=", StringComparison.Ordinal)) return Single(path, ConditionKind.NotIn, rest[2..]);
        if (rest.StartsWith('=')) return Single(path, ConditionKind.In, rest[1..]);
        if (!rest.StartsWith("in ", StringComparison.Ordinal)) return null;
        var values = Words(rest[3..]);
        return values.Length == 0 ? null : new(path, ConditionKind.In, values);
    }

    private static Condition? Single(string path, ConditionKind kind, string value)
    {
        value = value.Trim();
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') value = value[1..^1];
        return value.Length == 0 ? null : new(path, kind, [Encoding.UTF8.GetBytes(value)]);
    }

    /// <summary>Where the path ends: at the first blank, <c>=</c> or <c>!</c> that is not inside square brackets.</summary>
    private static int PathEnd(string text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[') depth++;
            else if (text[i] == ']') depth--;
            else if (depth == 0 && (text[i] is ' ' or '=' or '!')) return i;
        }

        return text.Length;
    }

    private static byte[][] Words(string text)
    {
        var words = new List<byte[]>();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            var quoted = text[i] == '"';
            var start = quoted ? i + 1 : i;
            var end = text.IndexOf(quoted ? '"' : ' ', start);
            if (end < 0) end = text.Length;
            words.Add(Encoding.UTF8.GetBytes(text[start..end]));
            i = end + 1;
        }

        return [.. words];
    }

    private static List<string> SplitAtAnd(string text)
    {
        var parts = new List<string>();
        var (depth, quoted, start) = (0, false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            else if (text[i] == '[') depth++;
            else if (text[i] == ']') depth--;
            else if (!quoted && depth == 0 && text.AsSpan(i).StartsWith(" and ", StringComparison.Ordinal))
            {
                parts.Add(text[start..i]);
                start = i + 5;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
