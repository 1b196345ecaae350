namespace Yunnao.Services.Views.Types;

/// <summary>An element of a FHIR type.</summary>
/// <param name="Types">Its type; all that a choice (<c>value[x]</c>) may be.</param>
/// <param name="Many">True when it may be there more than once.</param>
/// <param name="Choice">True of a choice, even one of a single type.</param>
internal sealed record FhirElement(string Name, IReadOnlyList<string> Types, bool Many, bool Choice);
