using Hl7.Fhir.Model;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir;

/// <summary>A search parameter of the standard over the elements that the registry fills.</summary>
internal sealed class SearchParameter
{
    /// <summary>Name of the parameter of every type.</summary>
    public const string Id = "_id", Updated = "_lastUpdated";

    private readonly Dictionary<ResourceSource, IReadOnlyList<SearchTarget>> _targets = [];

    private SearchParameter(string name, SearchKind kind, string? url) => (Name, Kind, Url) = (name, kind, url);

    public static SearchParameter OfId { get; } = new(Id, SearchKind.Id, "http://hl7.org/fhir/SearchParameter/Resource-id");

    public static SearchParameter OfUpdated { get; } = new(Updated, SearchKind.Updated, "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated");

    public string Name { get; }

    public SearchKind Kind { get; }

    /// <summary>Where the standard defines it.</summary>
    public string? Url { get; }

    /// <summary>The targets in a source; none when its resources have no such element.</summary>
    public IReadOnlyList<SearchTarget> In(ResourceSource source) => _targets.GetValueOrDefault(source) ?? [];

    /// <summary>The type that the reference leads to, where that is known: Patient or Encounter.</summary>
    public string? FollowsTo { get; private init; }

    /// <summary>The parameter over these sources; null when none has what it asks for.</summary>
    public static SearchParameter? Of(SearchParamDefinition definition, IReadOnlyList<ResourceSource> sources)
    {
        SearchKind? kind = definition.Type switch
        {
            SearchParamType.Token => SearchKind.Token,
            SearchParamType.Date => SearchKind.Date,
            SearchParamType.String => SearchKind.String,
            SearchParamType.Reference => SearchKind.Reference,
            SearchParamType.Quantity => SearchKind.Quantity,
            SearchParamType.Number => SearchKind.Number,
            _ => null,
        };
        if (kind is not { } known) return null;
        var targets = sources.ToDictionary(s => s, s => Merge([.. definition.Path!.SelectMany(p => Targets(s, p, known))]));
        var leaves = targets.Values.SelectMany(t => t).Select(t => t.Leaf).OfType<ElementLeaf>().ToList();
        if (leaves.Count == 0) return null;
        var parameter = new SearchParameter(definition.Code ?? definition.Name!, known, definition.Url)
        {
            FollowsTo = known != SearchKind.Reference ? null : leaves.TrueForAll(l => l.Kind == LeafKind.Patient) ? "Patient" : leaves.TrueForAll(l => l.Item!.Roles.HasFlag(Standards.Roles.Encounter)) ? "Encounter" : null,
        };
        foreach (var (source, found) in targets) parameter._targets.Add(source, found);
        return parameter;
    }

    /// <summary>Where a time and the beginning of a period are one item, the period says it all.</summary>
    private static List<SearchTarget> Merge(List<SearchTarget> targets)
    {
        var periods = targets.Where(t => t.Open).ToList();
        return [.. targets.Where(t => t.Open || !periods.Exists(p => p.Leaf?.Item == t.Leaf?.Item)).Select(t => t.Open ? t with { Open = !targets.Exists(o => !o.Open && o.Leaf?.Item == t.Leaf?.Item) } : t)];
    }

    private static IEnumerable<SearchTarget> Targets(ResourceSource source, string path, SearchKind kind)
    {
        var steps = path.Split('.', 2) is [var type, var rest] && type == source.Type ? Steps(rest) : [];
        if (steps.Count == 0) yield break;
        var fill = steps.Count == 1 && source.Fills.Any(f => f.Unknown && f.Name == steps[0].Name);
        var any = false;
        foreach (var slot in Walk(source.Root, steps, 0))
        {
            foreach (var target in Of(slot, kind))
            {
                any = true;
                yield return fill ? target with { UnknownWhenMissing = true } : target;
            }
        }

        if (!any && fill && kind == SearchKind.Token) yield return new(null, Code: "unknown");
    }

    /// <summary><c>telecom[system.@value='phone']</c> → telecom with system=phone.</summary>
    private static List<(string Name, string? Filter)> Steps(string path)
    {
        var steps = new List<(string, string?)>();
        foreach (var part in path.Replace(".@value", "", StringComparison.Ordinal).Split('.'))
        {
            var bracket = part.IndexOf('[', StringComparison.Ordinal);
            steps.Add(bracket < 0 ? (part, null) : (part[..bracket], part[(bracket + 1)..].TrimEnd(']').Replace("'", "", StringComparison.Ordinal)));
        }

        return steps;
    }

    private static IEnumerable<ElementNode.Slot> Walk(ElementNode node, List<(string Name, string? Filter)> steps, int at)
    {
        if (node.Find(steps[at].Name) is not { } property) yield break;
        foreach (var (key, slot) in property.Slots.Where(s => steps[at].Filter is not { } filter || s.Key == filter))
        {
            if (at == steps.Count - 1) yield return slot;
            else if (slot.Node is { } next)
                foreach (var found in Walk(next, steps, at + 1)) yield return found;
        }
    }

    private static IEnumerable<SearchTarget> Of(ElementNode.Slot slot, SearchKind kind) => (kind, slot) switch
    {
        (SearchKind.Token, { Leaf: { } leaf }) => [leaf.Constant is { } constant ? new(null, Code: constant) : new(leaf)],
        (SearchKind.Token, { Node: { } node }) => Tokens(node),
        (SearchKind.Date, { Leaf: { Item: not null } leaf }) when FhirTypes.IsTemporal(leaf.Type) => [new(leaf)],
        (SearchKind.Date, { Node: { Type: "Period" } node }) when Item(node, "start") is { } start => [new(start, Item(node, "end")) { Open = Item(node, "end") is not null }],
        (SearchKind.String, { Leaf: { Item: not null } leaf }) => [new(leaf)],
        (SearchKind.String, { Node: { } node }) => node.Leaves().Where(l => l.Item is not null && FhirTypes.IsText(l.Type)).Select(l => new SearchTarget(l)),
        (SearchKind.Reference, { Node: { Type: "Reference" } node }) => Reference(node),
        (SearchKind.Quantity, { Node: { } node }) when FhirTypes.Is(node.Type, "Quantity") && Item(node, "value") is { } value => [new(value, Item(node, "unit"))],
        (SearchKind.Number, { Leaf: { Item: not null } leaf }) => [new(leaf)],
        _ => [],
    };

    private static IEnumerable<SearchTarget> Reference(ElementNode node)
    {
        if (Item(node, "reference") is { Kind: LeafKind.Patient } person) return [new(person)];
        return node.Find("identifier")?.Slots.Values.FirstOrDefault()?.Node is { } identifier && Item(identifier, "value") is { } number ? [new(number)] : [];
    }

    private static IEnumerable<SearchTarget> Tokens(ElementNode node) => node.Type switch
    {
        "CodeableConcept" => (node.Find("coding")?.Slots.Values.Where(s => s.Node is not null).SelectMany(s => Tokens(s.Node!)) ?? []).Select(t => Item(node, "text") is { } text ? t with { Texts = [.. t.Texts, text] } : t),
        "Coding" => Token(node, "code"),
        "Identifier" or "ContactPoint" => Token(node, "value"),
        _ => [],
    };

    private static IEnumerable<SearchTarget> Token(ElementNode node, string name)
    {
        var (code, system) = (Leaf(node, name), node.Type == "ContactPoint" ? null : Leaf(node, "system"));
        if (code is null) return [];
        return [new(code.Constant is null ? code : null, system?.Item is null ? null : system, code.Constant, system?.Constant) { Texts = Item(node, "display") is { } display ? [display] : [] }];
    }

    private static ElementLeaf? Leaf(ElementNode node, string name) => node.Find(name)?.Slots.Values.FirstOrDefault()?.Leaf;

    private static ElementLeaf? Item(ElementNode node, string name) => Leaf(node, name) is { Item: not null } leaf ? leaf : null;
}
