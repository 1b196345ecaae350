using System.Text;
using Yunnao.Formats;
using Yunnao.Formats.Fhir;
using Yunnao.Services.Ingest;
using Yunnao.Services.Views.Types;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using MappedPath = Yunnao.Formats.Fhir.FhirPath;

namespace Yunnao.Services.Fhir;

/// <summary>
/// Reads a rule of the mapping backwards: where loading takes an item from a path, writing puts it there. Of alternatives the first that fits the
/// type is taken, and one that names a system of codes gives way to the same path without it, because the row says its system itself.
/// </summary>
internal sealed class SourceCompiler
{
    private const string First = "000", RecordNumber = "number";

    /// <summary>The system of the units that rows have.</summary>
    public const string Ucum = "http://unitsofmeasure.org";

    private readonly JsonNames _names = new();
    private readonly List<ElementLeaf> _leaves = [];
    private readonly SourceMapping _mapping;
    private readonly MappingRule _rule;
    private readonly Registry _registry;
    private readonly ElementNode _root;

    private SourceCompiler(string type, SourceMapping mapping, MappingRule rule, Registry registry)
    {
        (_mapping, _rule, _registry) = (mapping, rule, registry);
        _root = new(type, type);
    }

    public static ResourceSource Compile(string type, SourceMapping mapping, MappingRule rule, TableShape shape, Registry registry)
    {
        var compiler = new SourceCompiler(type, mapping, rule, registry);
        compiler.PlaceItems(new MappedRule(mapping, rule, shape));
        compiler.PlaceConditions();
        compiler.PlaceSystems(compiler._root);
        return new()
        {
            Type = type, Shape = shape, Root = compiler._root, Leaves = compiler._leaves, Doubles = [.. Doubles(compiler._root)],
            Fills = [.. R4.Mandatory(type).Select(m => new ResourceSource.Fill(m.Name, m.IsCollection, m.Choice == Hl7.Fhir.Introspection.ChoiceType.None && IsPrimitive(type, m.Name), R4.KnowsUnknown(m)))],
        };
    }

    private static bool IsPrimitive(string type, string name) => R4.Element(type, name) is { } found && FhirTypes.IsPrimitive(found.Type);

    private void PlaceItems(MappedRule mapped)
    {
        var read = mapped.Read.Select(r => (r.Item, Paths: Paths(r.From))).ToList();
        var places = new Dictionary<string, MappedPath>(StringComparer.Ordinal);
        foreach (var (item, paths) in read)
        {
            if (item.Roles.HasFlag(Roles.Record) && paths.Exists(p => p.Steps is [{ Text: "id" }])) PlaceRecordNumber(item);
            else if (paths.Find(p => TryPlace(item, p, beside: false)) is { } placed) places[item.Name] = placed;
        }

        // A text that may also stand beside a code goes there when the code is there.
        foreach (var (item, paths) in read)
        {
            if (!places.TryGetValue(item.Name, out var first) || ChoiceOf(first) is not { } choice) continue;
            foreach (var path in paths.Where(p => p.Steps[0].Text != first.Steps[0].Text && ChoiceOf(p) == choice && p.Steps.Length > 1 && _root.Find(p.Steps[0].Text) is { Slots.Count: > 0 })) TryPlace(item, path, beside: true);
        }
    }

    private string? ChoiceOf(MappedPath path) => R4.Element(_root.Type, path.Steps[0].Text)?.Choice;

    private List<MappedPath> Paths(string from)
    {
        var paths = new List<MappedPath>();
        foreach (var alternative in from.Split(" | ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (MappedPath.Parse(alternative, _names)?.For(_root.Type, null) is { } path && path.Steps[0].Text is not ("meta" or "text" or "resourceType")) paths.Add(path);
        }

        return [.. paths.Where(p => !paths.Exists(q => q != p && SystemIsFiltered(p) && Shape(q) == Shape(p) && !q.Steps.Any(s => s.Filter is not null)))];
    }

    private static bool SystemIsFiltered(MappedPath path) => path.Steps.Any(s => s.Text is "coding" or "identifier" && s.Filter is [{ Text: "system" }]);

    private static string Shape(MappedPath path) => string.Join('.', path.Steps.Select(s => s.Text));

    /// <summary>The number of the record at its institution is an identifier; the id is the key that the platform gave it.</summary>
    private void PlaceRecordNumber(Item item)
    {
        if (item.InVault || _root.Ensure("identifier") is not { Found.Many: true } property || ElementNode.Into(property, RecordNumber, $"{_root.Path}.identifier") is not { } node) return;
        Add(node, "value", First, item);
    }

    private bool TryPlace(Item item, MappedPath path, bool beside)
    {
        if (item.InVault && !item.Roles.HasFlag(Roles.Subject)) return false;
        var node = _root;
        for (var i = 0; i < path.Steps.Length - 1; i++)
        {
            if (Step(node, path.Steps[i]) is not { } next) return false;
            node = next;
        }

        var last = path.Steps[^1];
        if (last.Text == "reference" && node.Type == "Reference") return PlaceReference(node, item);
        if (node.Type == "Identifier" && item.InVault) return false;
        if (FhirTypes.Is(node.Type, "Quantity") && last.Text is "code" or "unit") return PlaceUnit(node, item);
        return Add(node, last.Text, Key(last), item, beside || (FhirTypes.Is(node.Type, "Quantity") && last.Text != "value")) is not null;
    }

    private ElementNode? Step(ElementNode node, FhirStep step)
    {
        if (node.Ensure(step.Text) is not { } property || ElementNode.Into(property, Key(step), $"{node.Path}.{step.Text}") is not { } next) return null;
        if (step.Filter is { } filter)
        {
            var inner = next;
            foreach (var part in filter[..^1])
            {
                if (Step(inner, part) is not { } deeper) return null;
                inner = deeper;
            }

            AddConstant(inner, filter[^1].Text, Encoding.UTF8.GetString(step.FilterValue), null);
        }

        return next;
    }

    private static string Key(FhirStep step) => step.Filter is { } filter ? $"{string.Join('.', filter.Select(f => f.Text))}={Encoding.UTF8.GetString(step.FilterValue)}" : $"{Math.Max(step.Index, 0):000}";

    /// <summary>A person is referred to by id; an encounter by id and number; everything else by the number that its institution gave it.</summary>
    private bool PlaceReference(ElementNode node, Item item)
    {
        if (item.Roles.HasFlag(Roles.Subject)) return Add(node, "reference", First, item, kind: LeafKind.Patient) is not null;
        if (node.Ensure("identifier") is not { } identifier || ElementNode.Into(identifier, First, $"{node.Path}.identifier") is not { } inner || Add(inner, "value", First, item) is not { } number) return false;
        if (!item.Roles.HasFlag(Roles.Encounter)) return true;
        Add(node, "reference", First, item, beside: true, kind: LeafKind.Encounter);
        AddConstant(node, "type", "Encounter", number);
        return true;
    }

    private bool PlaceUnit(ElementNode node, Item item)
    {
        if (Add(node, "unit", First, item, beside: true) is null) return false;
        if (Add(node, "code", First, item, beside: true, kind: LeafKind.Unit) is { } code) AddConstant(node, "system", Ucum, code);
        return true;
    }

    /// <summary>What the rule asks of a record is true of every row, where it names one code of a system.</summary>
    private void PlaceConditions()
    {
        if (!Condition.TryParse(_rule.Where, out var conditions)) return;
        foreach (var condition in conditions.Where(c => c.Kind == ConditionKind.In))
        {
            if (MappedPath.Parse(condition.Path, _names)?.For(_root.Type, null) is not { Steps: [var element, { Text: "coding" } coding, { Text: "code" }] }) continue;
            if (FhirFacts.SystemOf($"{_root.Type}.{element.Text}") is null || Step(_root, element) is not { } concept || Step(concept, coding) is not { } node) continue;
            AddConstant(node, "code", Encoding.UTF8.GetString(condition.Values[0]), null, beside: false);
        }
    }

    private void PlaceSystems(ElementNode node)
    {
        foreach (var child in node.Properties.SelectMany(p => p.Slots.Values).Select(s => s.Node).OfType<ElementNode>().ToList())
        {
            var concept = node.Type == "CodeableConcept" ? node.Path : child.Path;
            if (child.Type == "Coding" && FhirFacts.SystemOf(concept) is { } system && child.Find("code")?.Slots.Values.FirstOrDefault()?.Leaf is { } code) AddConstant(child, "system", system, code);
            PlaceSystems(child);
        }
    }

    private static IEnumerable<(ElementLeaf, ElementLeaf?, ElementLeaf)> Doubles(ElementNode node)
    {
        foreach (var child in node.Properties.SelectMany(p => p.Slots.Values).Select(s => s.Node).OfType<ElementNode>())
        {
            if (child.Type == "CodeableConcept" && Leaf(child, "text") is { } text && child.Find("coding")?.Slots.GetValueOrDefault(First)?.Node is { } coding && Leaf(coding, "code") is { } code)
                yield return (code, Leaf(coding, "system"), text);
            foreach (var below in Doubles(child)) yield return below;
        }

        static ElementLeaf? Leaf(ElementNode node, string name) => node.Find(name)?.Slots.Values.FirstOrDefault()?.Leaf;
    }

    private ElementLeaf? Add(ElementNode node, string name, string key, Item item, bool beside = false, LeafKind kind = LeafKind.Value)
    {
        if (node.Ensure(name) is not { } property || property.Slots.ContainsKey(key) || !FhirTypes.IsPrimitive(property.Found.Type) || property.Found.Type is "base64Binary" or "xhtml") return null;
        var map = _rule.Items.GetValueOrDefault(item.Name)?.Codes ?? (item.ValueSet is { } set ? _mapping.Codes.GetValueOrDefault(set.Id) : null);
        var back = map is not null ? FhirFacts.Back(_registry.CodeMaps[map], item.ValueSet) : null;
        var leaf = new ElementLeaf(_leaves.Count, $"{node.Path}.{name}", property.Found.Type, item, Back: back) { Kind = kind };
        _leaves.Add(leaf);
        property.Slots.Add(key, new() { Leaf = leaf, Beside = beside });
        return leaf;
    }

    private void AddConstant(ElementNode node, string name, string value, ElementLeaf? with, bool beside = true)
    {
        if (node.Ensure(name) is not { } property || property.Slots.Count > 0) return;
        var leaf = new ElementLeaf(_leaves.Count, $"{node.Path}.{name}", property.Found.Type, null, value) { With = with };
        _leaves.Add(leaf);
        property.Slots.Add(First, new() { Leaf = leaf, Beside = beside });
    }
}
