namespace Yunnao.Formats.Fhir;

/// <summary>A step of a path: a property, and in an array, which of its elements.</summary>
/// <param name="Name">Number of the property name.</param>
/// <param name="Index">The n-th element from 0; -1: all, in order.</param>
/// <param name="Filter">Steps to what must be <paramref name="FilterValue"/> in an element; null without filter.</param>
internal sealed record FhirStep(string Text, int Name, int Index, FhirStep[]? Filter, byte[] FilterValue)
{
    /// <summary>True for the text of a reference, of which only the id is taken.</summary>
    public bool IsReference => Text == "reference";
}
