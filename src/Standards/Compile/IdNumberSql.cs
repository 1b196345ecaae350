using Yunnao.Kernel;

namespace Yunnao.Standards.Compile;

/// <summary>SQL of <see cref="IdNumber"/>.</summary>
internal static class IdNumberSql
{
    /// <summary>A condition that is true when the text is given and is no valid number. Where the record also names the kind of document, only resident identity cards (01) are judged.</summary>
    public static string Fails(string text, string? documentKind)
    {
        var sum = string.Join(" + ", IdNumber.Weights.ToArray().Select((w, i) => $"(ord({text}[{i + 1}]) - 48) * {w}"));
        var judged = documentKind is null ? $"{text} IS NOT NULL" : $"{text} IS NOT NULL AND coalesce({documentKind}, '01') = '01'";
        return $"({judged} AND CASE WHEN regexp_full_match({text}, '[1-9][0-9]{{16}}[0-9Xx]') THEN '10X98765432'[({sum}) % 11 + 1] <> upper({text}[18]) ELSE true END)";
    }
}
