using Yunnao.Standards.Expressions;
using Yunnao.Standards.Quality;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>What a change touches beside the entry itself.</summary>
public static class Impact
{
    /// <summary>Pairs of what (<c>table</c>, <c>mapping</c>, <c>check</c>, <c>export</c>, <c>policy</c>, <c>quality</c>) and which, without repetition.</summary>
    public static IReadOnlyList<(string What, string Which)> Of(Change change, Registry before, Registry after) =>
        [.. Touched(change, before, after).Distinct()];

    private static IEnumerable<(string What, string Which)> Touched(Change change, Registry before, Registry after) => change.Kind switch
    {
        _ when change.Class == ChangeClass.Text => [],
        EntryKind.DataSet => OfDataSet(change.Id, before, after),
        EntryKind.Item => OfItem(change, before, after),
        EntryKind.ValueSet => OfValueSet(change.Id, before, after),
        EntryKind.Rule => [("check", change.Id)],
        EntryKind.CodeMap => before.Mappings.Values.Concat(after.Mappings.Values).Where(m => Uses(m, change.Id)).Select(m => ("mapping", m.Id)),
        EntryKind.Mapping => [("mapping", change.Id)],
        EntryKind.Policy => [("policy", $"{change.Field} {change.Id}")],
        EntryKind.Measure => [("quality", change.Id)],
        _ => [],
    };

    private static IEnumerable<(string What, string Which)> OfDataSet(string id, Registry before, Registry after) =>
        [("table", id), ("export", id), .. Rules(before, after, id).Select(r => ("check", r.Id)), .. Mappings(before, after, id).Select(m => ("mapping", m.Id))];

    private static IEnumerable<(string What, string Which)> OfItem(Change change, Registry before, Registry after)
    {
        var set = (after.DataSets.GetValueOrDefault(change.Owner) ?? before.DataSets[change.Owner])!;
        var names = new[] { change.Id[(change.Owner.Length + 1)..], change.Field == "item" ? change.Before : "" };
        if (change.Field is "level" or "deid") return [("policy", change.Id)];
        if (change.Field is "fhir" or "hl7v2" or "cda" or "omop")
        {
            return Mappings(before, after, set.Id).Where(m => m.Format == change.Field).Select(m => ("mapping", m.Id));
        }

        var checks = Rules(before, after, set.Id).Where(r => Reads(r, names)).Select(r => ("check", r.Id));
        var mappings = Mappings(before, after, set.Id).Where(m => m.Rules.Any(r => r.DataSet == set.Id && (r.Items.Count == 0 || names.Any(r.Items.ContainsKey))));
        IEnumerable<(string, string)> column = Stored(change, before, after) ? [("table", change.Id)] : [];
        var measures = Measures(before, after).Where(m => Reads(m, set.Id, names)).Select(m => ("quality", m.Id));
        return [.. column, ("export", set.Id), .. checks, .. mappings.Select(m => ("mapping", m.Id)), .. measures];
    }

    private static bool Stored(Change change, Registry before, Registry after)
    {
        if (change.Field is not ("entry" or "item" or "type" or "unit" or "role")) return false;
        var set = after.DataSets.GetValueOrDefault(change.Owner) ?? before.DataSets.GetValueOrDefault(change.Owner);
        var item = set?.Find(change.Id[(change.Owner.Length + 1)..]);
        return item is null || !item.InVault;
    }

    private static IEnumerable<(string What, string Which)> OfValueSet(string id, Registry before, Registry after)
    {
        var known = after.ValueSets.GetValueOrDefault(id) ?? before.ValueSets[id];
        var items = RegistryLookup.ItemsOf(after, known).Select(i => ("check", $"value-set {i.DataSet.Id}.{i.Item.Name}"));
        var rules = after.DataSets.Values.SelectMany(d => d.Rules).Where(r => RuleExpression.Parse(r.Expression).Try(out var e, out _) && e.InSets.Any(s => s.ValueSet == id));
        var maps = after.Mappings.Values.Where(m => m.Codes.ContainsKey(id)).Select(m => ("mapping", m.Id));
        return [.. items, .. rules.Select(r => ("check", r.Id)), .. maps];
    }

    private static bool Uses(SourceMapping mapping, string map) =>
        mapping.Codes.Values.Contains(map) || mapping.Rules.Any(r => r.Items.Values.Any(i => i.Codes == map));

    private static bool Reads(Rule rule, string[] names) => RuleExpression.Parse(rule.Expression).Try(out var e, out _) && e.Items.Any(names.Contains);

    private static bool Reads(QualityMeasure measure, string dataSet, string[] names)
    {
        var own = measure.DataSets.Contains(dataSet)
            ? Words(measure.Where).Concat(Words(measure.Holds)).Concat(measure.Unique).Concat(measure.Exists?.On.Keys ?? []).Concat(measure.Beside?.On.Keys ?? [])
            : [];
        var others = new[] { measure.Exists, measure.Beside }.OfType<RecordLink>().Where(l => l.DataSet == dataSet).SelectMany(l => l.On.Values)
            .Concat(measure.Beside?.DataSet == dataSet ? Words(measure.Holds).Where(w => w.StartsWith(MeasureWords.Other, StringComparison.Ordinal)).Select(w => w[MeasureWords.Other.Length..]) : []);
        return own.Concat(others).Any(names.Contains);
    }

    private static IEnumerable<string> Words(string? condition) => condition is not null && RuleExpression.Parse(condition).Try(out var e, out _) ? e.Items : [];

    private static IEnumerable<QualityMeasure> Measures(Registry before, Registry after) =>
        new[] { before, after }.SelectMany(r => r.Quality.Measures.Values).DistinctBy(m => m.Id);

    private static IEnumerable<Rule> Rules(Registry before, Registry after, string dataSet) =>
        new[] { before, after }.SelectMany(r => r.DataSets.GetValueOrDefault(dataSet)?.Rules ?? []).DistinctBy(r => r.Id);

    private static IEnumerable<SourceMapping> Mappings(Registry before, Registry after, string dataSet) =>
        new[] { before, after }.SelectMany(r => r.Mappings.Values).Where(m => m.Rules.Any(r => r.DataSet == dataSet)).DistinctBy(m => m.Id);
}
