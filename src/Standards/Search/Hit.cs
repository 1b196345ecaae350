namespace Yunnao.Standards.Search;

/// <summary>An entry that a search found.</summary>
/// <param name="Id">What <see cref="RegistryLookup"/> takes: <c>lab.result</c>, <c>lab.result.value</c>, <c>CV02.01.101</c>, <c>CV02.01.101:1</c>.</param>
/// <param name="Score">Larger is better.</param>
public sealed record Hit(EntryKind Kind, string Id, Names Name, SourceLine At, int Score);
