namespace Yunnao.Standards.Compile;

/// <summary>
/// A row counts for <paramref name="Counter"/> where all bits of <paramref name="Set"/> are set in its words and none of <paramref name="Clear"/>
/// is. A counter may have several terms, of which a row fulfils one at most.
/// </summary>
/// <param name="Counter">From 0.</param>
/// <param name="Set">At least one.</param>
public sealed record BitTerm(int Counter, IReadOnlyList<BitPlace> Set, IReadOnlyList<BitPlace> Clear);
