namespace Yunnao.Standards.Dictionary;

/// <summary>How far the rows of a lake fill a data set.</summary>
/// <param name="Rows">Current rows.</param>
/// <param name="Filled">Item → rows that have a value. Items of the vault are absent.</param>
public sealed record SetCoverage(long Rows, IReadOnlyDictionary<string, long> Filled);
