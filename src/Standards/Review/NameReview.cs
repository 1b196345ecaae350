using Yunnao.Kernel;
using Yunnao.Standards.Compile;

namespace Yunnao.Standards.Review;

/// <summary>Names that drift: an item that is called something else than its data element, and one column name with several types.</summary>
internal static class NameReview
{
    public static IEnumerable<Problem> Of(Registry registry) => Drifting(registry).Concat(OneNameManyTypes(registry));

    private static IEnumerable<Problem> Drifting(Registry registry)
    {
        foreach (var set in registry.DataSets.Values)
        {
            // An element of ours is a bare type; one of a standard has a meaning that its items keep.
            foreach (var item in set.Items.Where(i => IsOfStandard(i.Element) && !Likeness.Akin(i.Title.Zh, i.Element.Name.Zh)))
            {
                yield return RegistryReview.Finding(
                    "review.drifting-name", item.At, $"item '{set.Id}.{item.Name}' is called '{item.Title.Zh}', its element {item.Element.Id} '{item.Element.Name.Zh}'");
            }
        }
    }

    private static bool IsOfStandard(DataElement element) => element.Id.StartsWith("DE", StringComparison.Ordinal) && element.Id.Contains('.');

    private static IEnumerable<Problem> OneNameManyTypes(Registry registry)
    {
        var byName = registry.DataSets.Values.SelectMany(d => d.Items.Select(i => (Set: d, Item: i))).GroupBy(i => i.Item.Name, StringComparer.Ordinal);
        foreach (var name in byName)
        {
            var types = name.GroupBy(i => TableShape.SqlType(i.Item)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
            foreach (var (set, item) in types.Skip(1).SelectMany(g => g))
            {
                yield return RegistryReview.Finding(
                    "review.name-types", item.At,
                    $"item '{set.Id}.{item.Name}' is {TableShape.SqlType(item)}; under this name it is {types[0].Key} in {types[0].First().Set.Id} and {types[0].Count()} sets in all");
            }
        }
    }
}
