using Yunnao.Kernel;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What is wrong with a resource that was sent: an issue of an OperationOutcome.</summary>
/// <param name="Problem">Kind, stable code and message; never a value.</param>
/// <param name="Expression">FHIRPath of the element inside the resource, such as <c>Observation.code.coding[0].system</c>; or null.</param>
internal sealed record FhirIssue(Problem Problem, string? Expression = null);
