using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>All code systems and value sets of an import, to expand value sets from.</summary>
internal sealed class FhirTerminology
{
    private const int DeepestReference = 16;

    private readonly Dictionary<string, FhirCodeSystem> _systems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _valueSets = new(StringComparer.Ordinal);

    public IEnumerable<FhirCodeSystem> Systems => _systems.Values;

    public IEnumerable<JsonElement> ValueSets => _valueSets.Values;

    /// <summary>Takes a CodeSystem or ValueSet.</summary>
    public void Add(JsonElement resource)
    {
        if (resource.Text("resourceType") == "CodeSystem")
        {
            var system = FhirCodeSystem.Read(resource);
            _systems.TryAdd(system.Url, system);
        }
        else _valueSets.TryAdd(resource.Text("url"), resource.Clone());
    }

    /// <summary>
    /// The codes of a value set, with the system of each; or why they cannot be known: <c>fhir-unknown-system</c>, <c>fhir-filter</c>,
    /// <c>fhir-unknown-value-set</c>. A value set known in part only is not known: it would refuse good codes.
    /// </summary>
    public (IReadOnlyList<(FhirConcept Concept, string System)> Codes, string? Reason) Expand(JsonElement valueSet, int depth = 0)
    {
        var codes = new Dictionary<(string System, string Code), FhirConcept>();
        if (!valueSet.TryGetProperty("compose", out var compose)) return ([], "fhir-no-compose");
        foreach (var include in compose.List("include"))
        {
            var (found, reason) = Included(include, depth);
            if (reason is not null) return ([], reason);
            foreach (var (concept, system) in found) codes.TryAdd((system, concept.Code), concept);
        }

        foreach (var exclude in compose.List("exclude"))
        {
            var (found, reason) = Included(exclude, depth);
            if (reason is not null) return ([], reason);
            foreach (var (concept, system) in found) codes.Remove((system, concept.Code));
        }

        return ([.. codes.Select(c => (c.Value, c.Key.System))], null);
    }

    /// <summary>The system that a value set is the whole of, or null.</summary>
    public static string? WholeOf(JsonElement valueSet)
    {
        if (!valueSet.TryGetProperty("compose", out var compose) || compose.List("exclude").Any()) return null;
        var includes = compose.List("include").ToArray();
        return includes.Length == 1 && !includes[0].List("concept").Any() && !includes[0].List("filter").Any() && !includes[0].List("valueSet").Any()
            ? includes[0].Text("system")
            : null;
    }

    private (IEnumerable<(FhirConcept Concept, string System)> Codes, string? Reason) Included(JsonElement include, int depth)
    {
        var url = include.Text("system");
        var (own, reason) = url.Length == 0 ? (null, null) : OfSystem(url, include);
        if (reason is not null) return ([], reason);
        foreach (var reference in include.List("valueSet"))
        {
            var target = reference.GetString()!.Split('|')[0];
            if (depth >= DeepestReference || !_valueSets.TryGetValue(target, out var other)) return ([], "fhir-unknown-value-set");
            var (codes, why) = Expand(other, depth + 1);
            if (why is not null) return ([], why);
            own = own is null ? codes : own.Intersect(codes);
        }

        return (own ?? [], null);
    }

    private (IEnumerable<(FhirConcept Concept, string System)>? Codes, string? Reason) OfSystem(string url, JsonElement include)
    {
        var known = _systems.GetValueOrDefault(url);
        var listed = include.List("concept").ToArray();
        if (listed.Length > 0)
        {
            return (listed.Select(c => (Concept(c, known), url)), null);
        }

        if (known is null || !known.Complete) return (null, "fhir-unknown-system");
        IEnumerable<FhirConcept> concepts = known.Concepts.Values;
        foreach (var filter in include.List("filter"))
        {
            if (known.Filter(filter.Text("property"), filter.Text("op"), filter.Text("value")) is not { } test) return (null, "fhir-filter");
            concepts = concepts.Where(test);
        }

        return (concepts.Select(c => (c, url)), null);
    }

    private static FhirConcept Concept(JsonElement listed, FhirCodeSystem? system)
    {
        var code = listed.Text("code");
        var known = system?.Concepts.GetValueOrDefault(code);
        return new(code, listed.Text("display") is { Length: > 0 } display ? display : known?.Display ?? "", known?.Parent);
    }
}
