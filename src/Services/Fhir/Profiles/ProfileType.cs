namespace Yunnao.Services.Fhir.Profiles;

/// <summary>A type that an element may be of.</summary>
/// <param name="Profiles">Profiles of which a value must fit one; empty for none.</param>
/// <param name="Targets">Of a reference: profiles or types of what it leads to; empty for any.</param>
internal sealed record ProfileType(string Code, IReadOnlyList<string> Profiles, IReadOnlyList<string> Targets);
