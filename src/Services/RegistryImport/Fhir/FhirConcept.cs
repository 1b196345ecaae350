namespace Yunnao.Services.RegistryImport.Fhir;

/// <summary>A concept of a code system.</summary>
/// <param name="Properties">Values of its properties as text, by property code; null when it has none.</param>
internal sealed record FhirConcept(string Code, string Display, string? Parent, IReadOnlyDictionary<string, string>? Properties = null);
