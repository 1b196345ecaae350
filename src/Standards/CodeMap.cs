namespace Yunnao.Standards;

/// <summary>A code map: a source's code to ours. A code it does not hold is passed on unchanged, and the value-set check judges it.</summary>
public sealed record CodeMap(string Id, IReadOnlyDictionary<string, string> Codes, SourceLine At);
