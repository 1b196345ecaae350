using System.Collections.Frozen;

namespace Yunnao.Standards.Expressions;

/// <summary>The SQL functions that a rule may call, with the number of arguments they take: plain, without side effects, on one row.</summary>
internal static class Functions
{
    private static readonly FrozenDictionary<string, (int Least, int Most)> Known = new Dictionary<string, (int, int)>
    {
        ["abs"] = (1, 1),
        ["round"] = (1, 2),
        ["floor"] = (1, 1),
        ["ceil"] = (1, 1),
        ["greatest"] = (2, 16),
        ["least"] = (2, 16),
        ["coalesce"] = (2, 16),
        ["nullif"] = (2, 2),
        ["length"] = (1, 1),
        ["lower"] = (1, 1),
        ["upper"] = (1, 1),
        ["trim"] = (1, 1),
        ["substr"] = (2, 3),
        ["concat"] = (2, 16),
        ["starts_with"] = (2, 2),
        ["ends_with"] = (2, 2),
        ["contains"] = (2, 2),
        ["regexp_matches"] = (2, 2),
        ["year"] = (1, 1),
        ["month"] = (1, 1),
        ["day"] = (1, 1),
        ["hour"] = (1, 1),
        ["minute"] = (1, 1),
        ["date_diff"] = (3, 3),
        ["date_trunc"] = (2, 2),
    }.ToFrozenDictionary();

    public static IEnumerable<string> Names => Known.Keys;

    public static bool TryFind(string name, out int least, out int most)
    {
        var found = Known.TryGetValue(name, out var arity);
        (least, most) = arity;
        return found;
    }
}
