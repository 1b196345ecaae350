namespace Yunnao.Services.RegistryImport;

/// <summary>What was not imported for one reason.</summary>
/// <param name="Reason">Stable word: <c>published</c>, <c>code-too-long</c> …; their texts are those of the user interface.</param>
/// <param name="Examples">The first few, in the order of the files.</param>
public sealed record LeftOut(string Reason, long Count, IReadOnlyList<string> Examples);
