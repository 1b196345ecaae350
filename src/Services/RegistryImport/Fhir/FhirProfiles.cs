using System.Text.Json;

namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>Which StructureDefinitions are kept as they are, so that resources are held against them: those that constrain a resource type or an extension.</summary>
internal static class FhirProfiles
{
    public static bool Is(JsonElement definition) =>
        definition.Text("derivation") == "constraint" && definition.TryGetProperty("snapshot", out _)
        && definition.Text("url").Length > 0 && (definition.Text("kind") == "resource" || definition.Text("type") == "Extension")
        && definition.Text("id") is { Length: > 0 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
