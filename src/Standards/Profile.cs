namespace Yunnao.Standards;

/// <summary>A profile of FHIR that the registry holds: a StructureDefinition of a resource type or of an extension, as it was published.</summary>
/// <param name="Url">Its canonical address, without a version.</param>
/// <param name="Type">The type that it is about.</param>
/// <param name="IsBase">True of the definition of a type itself, which holds for all its resources.</param>
/// <param name="Json">The StructureDefinition as UTF-8 JSON, with its snapshot.</param>
public sealed record Profile(string Url, string? Version, string Type, bool IsBase, ReadOnlyMemory<byte> Json);
