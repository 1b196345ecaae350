using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>A code system with its concepts in the order of its file.</summary>
/// <param name="Complete">True when the file holds all of its codes.</param>
internal sealed record FhirCodeSystem(
    string Id, string Url, string Title, string Version, string Status, string? Oid, bool Complete, Dictionary<string, FhirConcept> Concepts)
{
    private const int Deepest = 64;

    public static FhirCodeSystem Read(JsonElement resource)
    {
        var concepts = new Dictionary<string, FhirConcept>(StringComparer.Ordinal);
        Read(resource, null, concepts, 0);
        return new(
            resource.Text("id"), resource.Text("url"), TitleOf(resource), resource.Text("version"), resource.Text("status"), OidOf(resource),
            resource.Text("content") == "complete", concepts);
    }

    /// <summary>The name of a definition that a person reads.</summary>
    public static string TitleOf(JsonElement resource) => resource.Text("title") is { Length: > 0 } title ? title : resource.Text("name");

    /// <summary>The OID among a definition's identifiers, or null. Published ones hold invisible characters, and texts that are no OID.</summary>
    public static string? OidOf(JsonElement resource)
    {
        var oid = resource.List("identifier").Select(i => i.Text("value")).FirstOrDefault(v => v.StartsWith("urn:oid:", StringComparison.Ordinal));
        if (oid is null) return null;
        var bare = string.Concat(oid["urn:oid:".Length..].Where(c => c is > ' ' and <= '~'));
        return bare.Contains('.') && bare.Split('.').All(p => p.Length > 0 && p.All(char.IsAsciiDigit)) ? bare : null;
    }

    /// <summary>A test for a filter of a value set on this system, or null for a filter that needs more than the hierarchy and plain properties.</summary>
    public Func<FhirConcept, bool>? Filter(string property, string op, string value) => (property, op) switch
    {
        ("concept", "is-a") => c => c.Code == value || IsBelow(c, value),
        ("concept", "descendent-of") => c => IsBelow(c, value),
        ("concept", "is-not-a") => c => c.Code != value && !IsBelow(c, value),
        ("parent", "=") => c => c.Parent == value,
        (_, "=") when Concepts.Values.Any(c => c.Properties?.ContainsKey(property) == true) => c => c.Properties?.GetValueOrDefault(property) == value,
        _ => null,
    };

    private bool IsBelow(FhirConcept concept, string ancestor)
    {
        var at = concept;
        for (var depth = 0; depth < Deepest && at?.Parent is { } parent; depth++)
        {
            if (parent == ancestor) return true;
            at = Concepts.GetValueOrDefault(parent);
        }

        return false;
    }

    private static void Read(JsonElement owner, string? parent, Dictionary<string, FhirConcept> concepts, int depth)
    {
        foreach (var concept in owner.List("concept"))
        {
            var code = concept.Text("code");
            var properties = Properties(concept);

            // v3 code systems say their hierarchy by a property and list all concepts flat.
            var above = parent ?? properties?.GetValueOrDefault("subsumedBy");
            concepts.TryAdd(code, new(code, concept.Text("display"), above, properties));
            if (depth < Deepest) Read(concept, code, concepts, depth + 1);
        }
    }

    private static Dictionary<string, string>? Properties(JsonElement concept)
    {
        Dictionary<string, string>? found = null;
        foreach (var property in concept.List("property"))
        {
            var value = property.EnumerateObject().FirstOrDefault(m => m.Name.StartsWith("value", StringComparison.Ordinal)).Value;
            if (value.ValueKind is JsonValueKind.String) (found ??= new(StringComparer.Ordinal)).TryAdd(property.Text("code"), value.GetString()!);
            else if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) (found ??= new(StringComparer.Ordinal)).TryAdd(property.Text("code"), value.GetRawText());
        }

        return found;
    }
}
