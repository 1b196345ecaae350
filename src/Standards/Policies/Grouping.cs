namespace Yunnao.Standards.Policies;

/// <summary>How the codes of a value set become coarser: by their first characters, or by ranges such as the chapters of ICD-10.</summary>
/// <param name="Prefix">Characters that stay; 0 when ranges tell.</param>
/// <param name="Ranges">Ascending and without overlap; a code that is in none is not shown.</param>
public sealed record Grouping(string ValueSet, int Prefix, IReadOnlyList<CodeRange> Ranges, SourceLine At);
