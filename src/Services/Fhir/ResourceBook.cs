using System.Collections.Frozen;
using System.Globalization;
using Yunnao.Services.Views.Types;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>Every resource type that the registry's mapping of FHIR R4 fills, compiled once.</summary>
public sealed class ResourceBook
{
    /// <summary>The mapping that says which data set a type is.</summary>
    public const string Mapping = "fhir-r4";

    private const string ValueSets = "urn:yunnao:value-set:";

    private readonly Registry _registry;
    private readonly FrozenDictionary<string, ResourceType> _types;

    /// <summary>Compiles the types. A registry without the mapping has none.</summary>
    public ResourceBook(Registry registry, IReadOnlyList<TableShape> shapes, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(time);
        _registry = registry;
        Since = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var byId = shapes.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal);
        var sources = new List<ResourceSource>();
        if (registry.Mappings.TryGetValue(Mapping, out var mapping))
        {
            // Of several rules from a type to a data set the first says how its rows are written; the parts of a resource (each) make no resource.
            foreach (var rule in mapping.Rules.Where(r => r.Row is null && FhirTypes.IsResource(r.Match[0]) && byId.ContainsKey(r.DataSet)))
            {
                if (sources.Exists(s => s.Type == rule.Match[0] && s.DataSet == rule.DataSet)) continue;
                sources.Add(SourceCompiler.Compile(rule.Match[0], mapping, rule, byId[rule.DataSet], registry));
            }
        }

        _types = sources.Where(s => ServedTypes.Contains(s.Type)).GroupBy(s => s.Type).Select(g => new ResourceType(g.Key, [.. g])).ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        EncounterSet = _types.GetValueOrDefault("Encounter")?.Sources[0].Shape.DataSet is { } set && set.RecordKey.Count(i => !i.Roles.HasFlag(Roles.Organisation)) == 1 ? set.Id : null;
    }

    /// <summary>The types of which a row has all that the standard wants of a resource; a page on the others is docs/howto/use-fhir.md.</summary>
    private static readonly FrozenSet<string> ServedTypes = FrozenSet.ToFrozenSet(
    [
        "AllergyIntolerance", "Condition", "Coverage", "DiagnosticReport", "Encounter", "Immunization", "Location", "MedicationAdministration", "MedicationDispense", "MedicationRequest", "Observation",
        "Organization", "Patient", "Practitioner", "Procedure", "ServiceRequest",
    ], StringComparer.Ordinal);

    /// <summary>When it was compiled, as FHIR writes a time.</summary>
    public string Since { get; }

    /// <summary>The data set whose records are encounters with keys that follow from their numbers; or null.</summary>
    internal string? EncounterSet { get; }

    internal IEnumerable<ResourceType> Types => _types.Values.OrderBy(t => t.Name, StringComparer.Ordinal);

    internal ResourceType? Find(string type) => _types.GetValueOrDefault(type);

    /// <summary>What may come along with a type because it refers to it.</summary>
    internal IEnumerable<string> ReverseIncludes(ResourceType type) => Types.SelectMany(t => t.Parameters.Where(p => p.FollowsTo == type.Name).Select(p => $"{t.Name}:{p.Name}"));

    /// <summary>A value set of the registry, by its id or by <c>urn:yunnao:value-set:</c> and its id.</summary>
    internal ValueSet? ValueSet(string name) => _registry.ValueSets.GetValueOrDefault(name.StartsWith(ValueSets, StringComparison.Ordinal) ? name[ValueSets.Length..] : name);

    internal bool IsUnit(string text) => _registry.Units.ContainsKey(text);
}
