using System.Text.Json;

namespace Yunnao.Standards.Loading;

/// <summary>Reads <c>fhir/profiles/*.json</c>: StructureDefinitions of FHIR with a snapshot, each with an address of its own.</summary>
internal static class ProfileReader
{
    /// <summary>The folder of the registry in which they are.</summary>
    public const string Folder = "fhir/profiles";

    public static IReadOnlyDictionary<string, Profile> Read(RegistryFiles files, ProblemList problems)
    {
        var profiles = new Dictionary<string, Profile>(StringComparer.Ordinal);
        foreach (var file in files.In(Folder))
        {
            if (One(file) is not { } profile) problems.Add("standards.bad-profile", file.Line(1), "this is no StructureDefinition of FHIR in JSON with url, type and snapshot.element");
            else if (!profiles.TryAdd(profile.Url, profile)) problems.Add("standards.bad-profile", file.Line(1), $"another file has the profile {profile.Url} too");
        }

        return profiles;
    }

    private static Profile? One(RegistryFile file)
    {
        try
        {
            using var document = JsonDocument.Parse(file.Content);
            var root = document.RootElement;
            if (Text(root, "resourceType") != "StructureDefinition" || Text(root, "url") is not { } url || Text(root, "type") is not { } type) return null;
            if (!root.TryGetProperty("snapshot", out var snapshot) || snapshot.ValueKind != JsonValueKind.Object || !snapshot.TryGetProperty("element", out var elements) || elements.ValueKind != JsonValueKind.Array || elements.GetArrayLength() == 0) return null;
            return elements.EnumerateArray().All(e => Text(e, "id") is not null && Text(e, "path") is not null) ? new(url, Text(root, "version"), type, Text(root, "derivation") == "specialization", file.Content) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
