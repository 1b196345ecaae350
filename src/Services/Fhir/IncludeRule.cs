namespace Yunnao.Services.Fhir;

/// <summary>What comes along with the matches of a search.</summary>
/// <param name="Of">The type that has the reference.</param>
/// <param name="Link">The reference; it leads to a Patient or an Encounter.</param>
/// <param name="Reverse">False: what the reference leads to comes along. True: what refers comes along.</param>
/// <param name="Iterate">True when it holds for what came along too.</param>
internal sealed record IncludeRule(ResourceType Of, SearchParameter Link, bool Reverse, bool Iterate);
