namespace Yunnao.Standards.Loading;

/// <summary>A code map and, for each target code, the first line that names it.</summary>
internal sealed record LocatedCodeMap(CodeMap Map, IReadOnlyDictionary<string, SourceLine> Targets);
