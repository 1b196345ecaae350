namespace Yunnao.Standards;

/// <summary>A value set (WS 364 style): a versioned list of codes.</summary>
public sealed record ValueSet(
    string Id, string? Oid, string Version, Status Status, bool Provisional, Names Name, string Source,
    IReadOnlyDictionary<string, Code> Codes, SourceLine At);
