using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>The resources in files of definitions: NDJSON, a resource, or a Bundle, each also as gzip; one resource in memory at a time.</summary>
internal static class FhirFiles
{
    public static IEnumerable<JsonElement> Resources(IEnumerable<string> files, RegistryDraft? report, Func<string, bool> wanted)
    {
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var bare = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
            if (bare.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var resource in Lines(file, wanted)) yield return resource;
            }
            else if (bare.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var resource in Whole(file, wanted)) yield return resource;
            }
            else report?.Report.Leave("no-definitions", name);
        }
    }

    /// <summary>The text of a member, or an empty one.</summary>
    public static string Text(this JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>The elements of an array member, none when it is not there.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static IEnumerable<JsonElement> Lines(string file, Func<string, bool> wanted)
    {
        using var reader = new StreamReader(ForeignTable.OpenStream(file));
        while (reader.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var document = JsonDocument.Parse(line);
            if (wanted(document.RootElement.Text("resourceType"))) yield return document.RootElement;
        }
    }

    private static IEnumerable<JsonElement> Whole(string file, Func<string, bool> wanted)
    {
        using var stream = ForeignTable.OpenStream(file);
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{Path.GetFileName(file)} holds no FHIR resource");
        var resources = root.Text("resourceType") == "Bundle" ? root.List("entry").Select(e => e.GetProperty("resource")) : [root];
        foreach (var resource in resources.Where(r => wanted(r.Text("resourceType")))) yield return resource;
    }
}
