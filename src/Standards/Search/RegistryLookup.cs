using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Standards.Search;

/// <summary>Finds entries by id, and the places where an entry is used.</summary>
public static class RegistryLookup
{
    /// <summary>
    /// The entry of an id: data set, <c>data set.item</c>, value set, element, mapping, code map, rule, measure, <c>value set:code</c>, in this order.
    /// </summary>
    /// <returns>The entry, or <c>standards.unknown-id</c> with the id that was probably meant.</returns>
    public static Result<RegistryEntry> Find(Registry registry, string id)
    {
        if (registry.DataSets.TryGetValue(id, out var dataSet)) return new RegistryEntry(EntryKind.DataSet, dataSet);
        if (FindItem(registry, id) is { } item) return item;
        if (registry.ValueSets.TryGetValue(id, out var valueSet)) return new RegistryEntry(EntryKind.ValueSet, valueSet);
        if (registry.Elements.TryGetValue(id, out var element)) return new RegistryEntry(EntryKind.Element, element);
        if (registry.Mappings.TryGetValue(id, out var mapping)) return new RegistryEntry(EntryKind.Mapping, mapping);
        if (registry.CodeMaps.TryGetValue(id, out var map)) return new RegistryEntry(EntryKind.CodeMap, map);
        foreach (var set in registry.DataSets.Values)
        {
            if (set.Rules.FirstOrDefault(r => r.Id == id) is { } rule) return new RegistryEntry(EntryKind.Rule, rule, set);
        }

        if (registry.Quality.Measures.TryGetValue(id, out var measure)) return new RegistryEntry(EntryKind.Measure, measure);
        if (FindCode(registry, id) is { } code) return code;
        var hint = new NearNames().Hint(id, AllIds(registry));
        return new Problem(ProblemKind.NotFound, "standards.unknown-id", $"the registry has no '{id}'{hint}; try: yunnao standards find {id}");
    }

    /// <summary>The data set of an id.</summary>
    /// <returns>The data set, or <c>standards.unknown-data-set</c> with the id that was probably meant.</returns>
    public static Result<DataSet> FindDataSet(Registry registry, string id)
    {
        if (registry.DataSets.TryGetValue(id, out var dataSet)) return dataSet;
        var hint = new NearNames().Hint(id, registry.DataSets.Keys);
        return new Problem(ProblemKind.NotFound, "standards.unknown-data-set", $"unknown data set '{id}'{hint}");
    }

    /// <summary>The items of an element, with their data sets.</summary>
    public static IEnumerable<(DataSet DataSet, Item Item)> ItemsOf(Registry registry, DataElement element) =>
        Items(registry, i => i.Element.Id == element.Id);

    /// <summary>The items that are checked against a value set, with their data sets.</summary>
    public static IEnumerable<(DataSet DataSet, Item Item)> ItemsOf(Registry registry, ValueSet valueSet) =>
        Items(registry, i => i.ValueSet?.Id == valueSet.Id);

    private static IEnumerable<(DataSet DataSet, Item Item)> Items(Registry registry, Func<Item, bool> wanted) =>
        registry.DataSets.Values.OrderBy(d => d.Id, StringComparer.Ordinal).SelectMany(d => d.Items.Where(wanted).Select(i => (d, i)));

    private static RegistryEntry? FindItem(Registry registry, string id)
    {
        var dot = id.LastIndexOf('.');
        if (dot < 0 || !registry.DataSets.TryGetValue(id[..dot], out var dataSet)) return null;
        return dataSet.Find(id[(dot + 1)..]) is { } item ? new(EntryKind.Item, item, dataSet) : null;
    }

    private static RegistryEntry? FindCode(Registry registry, string id)
    {
        var colon = id.IndexOf(':');
        if (colon < 0 || !registry.ValueSets.TryGetValue(id[..colon], out var valueSet)) return null;
        return valueSet.Codes.TryGetValue(id[(colon + 1)..], out var code) ? new(EntryKind.Code, code, valueSet) : null;
    }

    private static IEnumerable<string> AllIds(Registry registry) =>
    [
        .. registry.DataSets.Keys, .. registry.ValueSets.Keys, .. registry.Elements.Keys, .. registry.Mappings.Keys, .. registry.CodeMaps.Keys,
        .. registry.Quality.Measures.Keys,
        .. registry.DataSets.Values.SelectMany(d => d.Items.Select(i => $"{d.Id}.{i.Name}")),
    ];
}
