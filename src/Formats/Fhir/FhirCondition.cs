namespace Yunnao.Formats.Fhir;

/// <summary>A condition with its path compiled.</summary>
internal sealed record FhirCondition(FhirPath Path, Condition Test);
