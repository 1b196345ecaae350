namespace Yunnao.Synthetic.Outlets;

/// <summary>What a mapping's <c>where</c> asks of a record: values that the record must therefore carry.</summary>
internal static class Constants
{
    /// <summary>Path and value of each <c>PATH = VALUE</c>, and of each <c>PATH in A B</c> with its first value.</summary>
    public static List<(string Path, string Value)> Of(string? where)
    {
        var constants = new List<(string, string)>();
        foreach (var part in (where ?? "").Split(" and ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Contains("!=", StringComparison.Ordinal) || part.EndsWith(" exists", StringComparison.Ordinal)) continue;
            var choice = part.IndexOf(" in ", StringComparison.Ordinal);
            var equals = part.IndexOf(" = ", StringComparison.Ordinal);
            if (choice > 0) constants.Add((part[..choice].Trim(), part[(choice + 4)..].Trim().Split(' ')[0].Trim('"')));
            else if (equals > 0) constants.Add((part[..equals].Trim(), part[(equals + 3)..].Trim().Trim('"')));
        }

        return constants;
    }
}
