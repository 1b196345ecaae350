using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of the registry, entry by entry as they are in force.</summary>
public static class RegistryDiff
{
    /// <summary>All differences: data sets with their items, then value sets, elements, checks, mappings, code maps, measures of quality, policies; each by id.</summary>
    public static IReadOnlyList<Change> Between(Registry before, Registry after)
    {
        var changes = new List<Change>();
        Pairs(Live(before.DataSets), Live(after.DataSets), EntryKind.DataSet, changes, (b, a) => DataSetDiff.Compare(b, a, changes));
        Pairs(before.ValueSets, after.ValueSets, EntryKind.ValueSet, changes, (b, a) => ValueSetDiff.Compare(b, a, changes));
        Pairs(before.Elements, after.Elements, EntryKind.Element, changes, (b, a) => Compare(b, a, changes));
        Pairs(Rules(before), Rules(after), EntryKind.Rule, changes, (b, a) => Compare(b, a, changes));
        Pairs(before.Mappings, after.Mappings, EntryKind.Mapping, changes, (b, a) => MappingDiff.Compare(b, a, changes));
        Pairs(before.CodeMaps, after.CodeMaps, EntryKind.CodeMap, changes, (b, a) => MappingDiff.Compare(b, a, changes));
        Pairs(before.Quality.Measures, after.Quality.Measures, EntryKind.Measure, changes, (b, a) => MeasureDiff.Compare(b, a, changes));
        PolicyDiff.Compare(before.Policies, after.Policies, changes);
        return changes;
    }

    internal static void Texts(Names before, Names after, string field, EntryKind kind, string id, string owner, List<Change> changes)
    {
        if (before != after) changes.Add(new(ChangeClass.Text, kind, id, owner, field, $"{before.Zh} {before.En}", $"{after.Zh} {after.En}"));
    }

    internal static void Text(string before, string after, string field, EntryKind kind, string id, string owner, List<Change> changes)
    {
        if (before != after) changes.Add(new(ChangeClass.Text, kind, id, owner, field, before, after));
    }

    private static Dictionary<string, DataSet> Live(IReadOnlyDictionary<string, DataSet> sets) =>
        sets.Where(s => s.Value.Status != Status.Superseded).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, Rule> Rules(Registry registry) =>
        Live(registry.DataSets).Values.SelectMany(d => d.Rules).ToDictionary(r => r.Id, StringComparer.Ordinal);

    private static void Pairs<T>(
        IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, EntryKind kind, List<Change> changes, Action<T, T> compare)
    {
        foreach (var id in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            if (!after.TryGetValue(id, out var now)) changes.Add(new(Gone(kind), kind, id, id, "entry", id, ""));
            else if (!before.TryGetValue(id, out var then)) changes.Add(new(New(kind, now!), kind, id, id, "entry", "", id));
            else compare(then, now);
        }
    }

    /// <summary>A check that is gone refuses nothing any more; everything else that is gone is missed by somebody.</summary>
    private static ChangeClass Gone(EntryKind kind) => kind == EntryKind.Rule ? ChangeClass.Widen : ChangeClass.Retire;

    private static ChangeClass New(EntryKind kind, object entry) =>
        kind == EntryKind.Rule && ((Rule)entry).Severity == Severity.Reject ? ChangeClass.Narrow : ChangeClass.Add;

    private static void Compare(DataElement before, DataElement after, List<Change> changes)
    {
        var id = after.Id;
        if (TypeChange.Of(before.Type, before.Format, after.Type, after.Format) is { } change)
        {
            changes.Add(new(change, EntryKind.Element, id, id, "type", $"{before.Type} {before.Format.Text}", $"{after.Type} {after.Format.Text}"));
        }

        if (before.ValueSet != after.ValueSet)
        {
            var wider = after.ValueSet is null ? ChangeClass.Widen : ChangeClass.Narrow;
            changes.Add(new(wider, EntryKind.Element, id, id, "value-set", before.ValueSet ?? "", after.ValueSet ?? ""));
        }

        Texts(before.Name, after.Name, "name", EntryKind.Element, id, id, changes);
        Texts(before.Definition, after.Definition, "definition", EntryKind.Element, id, id, changes);
        Text(before.Source, after.Source, "source", EntryKind.Element, id, id, changes);
    }

    private static void Compare(Rule before, Rule after, List<Change> changes)
    {
        var id = after.Id;
        if (before.Expression != after.Expression)
        {
            // Whether a condition lets more or less pass cannot be told from its text.
            changes.Add(new(ChangeClass.Narrow, EntryKind.Rule, id, id, "expression", before.Expression, after.Expression));
        }

        if (before.Severity != after.Severity)
        {
            var change = after.Severity == Severity.Reject ? ChangeClass.Narrow : ChangeClass.Widen;
            changes.Add(new(change, EntryKind.Rule, id, id, "severity", Word(before.Severity), Word(after.Severity)));
        }

        Texts(before.Message, after.Message, "message", EntryKind.Rule, id, id, changes);
        Text(before.Source, after.Source, "source", EntryKind.Rule, id, id, changes);
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
