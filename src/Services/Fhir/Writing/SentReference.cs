namespace Yunnao.Services.Fhir.Writing;

/// <summary>A reference in a resource that was sent.</summary>
/// <param name="Start">Where its string begins in the body, its quote included.</param>
/// <param name="End">Behind its closing quote.</param>
/// <param name="Path">FHIRPath of the element.</param>
internal readonly record struct SentReference(int Start, int End, string Text, string Path);
