namespace Yunnao.Standards;

/// <summary>A data element (WS 363 style): a type and nothing more; one element serves many set items under different names.</summary>
public sealed record DataElement(
    string Id, string Version, Status Status, bool Provisional, Names Name, Names Definition,
    ElementType Type, ElementFormat Format, string? ValueSet, string Source, SourceLine At);
