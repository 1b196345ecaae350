using Yunnao.Kernel;

namespace Yunnao.Standards.Review;

/// <summary>OIDs of value sets: none is two sets', and each is that of its name in a list of OIDs of the reference.</summary>
internal static class OidReview
{
    public static IEnumerable<Problem> Twice(Registry registry)
    {
        foreach (var group in registry.ValueSets.Values.Where(v => v.Oid is not null).GroupBy(v => v.Oid!, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            var sets = group.OrderBy(v => v.Id, StringComparer.Ordinal).ToList();
            foreach (var set in sets.Skip(1))
            {
                yield return RegistryReview.Finding("review.oid-twice", set.At, $"value set '{set.Id}' has OID {group.Key}, which is that of '{sets[0].Id}'");
            }
        }
    }

    /// <summary>Lists of OIDs are value sets of the reference whose codes are OIDs, as the index of WS/T 500 is.</summary>
    public static IEnumerable<Problem> Against(Registry registry, Registry reference)
    {
        var named = reference.ValueSets.Values.Where(IsListOfOids).SelectMany(v => v.Codes.Values).ToLookup(c => c.Value, c => c.Name.Zh);
        var byName = named.SelectMany(g => g.Select(name => (Name: name, Oid: g.Key))).ToLookup(n => n.Name, n => n.Oid);
        foreach (var set in registry.ValueSets.Values.OrderBy(v => v.Id, StringComparer.Ordinal))
        {
            if (set.Oid is { } oid && named[oid].FirstOrDefault() is { } name)
            {
                if (!Likeness.Akin(name, set.Name.Zh)) yield return RegistryReview.Finding("review.oid-differs", set.At, $"OID {oid} of value set '{set.Id}' ({set.Name.Zh}) is '{name}' in the reference");
            }
            else if (byName[set.Name.Zh].FirstOrDefault() is { } other && other != set.Oid)
            {
                yield return RegistryReview.Finding(
                    "review.oid-differs", set.At, set.Oid is null
                        ? (Sentence)$"value set '{set.Id}' ({set.Name.Zh}) has no OID; the reference has {other} under this name"
                        : $"value set '{set.Id}' ({set.Name.Zh}) has OID {set.Oid}; the reference has {other} under this name");
            }
        }
    }

    private static bool IsListOfOids(ValueSet set) =>
        set.Codes.Count > 0 && set.Codes.Keys.Take(20).All(c => c.Count(x => x == '.') >= 3 && c.All(x => char.IsAsciiDigit(x) || x == '.'));
}
