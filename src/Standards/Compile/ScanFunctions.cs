namespace Yunnao.Standards.Compile;

/// <summary>What the engine adds to SQL for a scan of many conditions. Each gives SQL that means something for this scan only.</summary>
/// <param name="Tally">
/// An aggregate, a list with a number (UBIGINT) for each counter: how many rows fulfil its terms. Given how many counters, the terms, and the
/// names of the words (UBIGINT, never NULL).
/// </param>
/// <param name="Remembered">
/// What follows from one column only, judged once a value. Given SQL of the column, SQL of the word that follows from it, and the numbers
/// between which it is the same for all values, null where it may be another for each.
/// </param>
/// <param name="Passed">BOOLEAN, never NULL: whether any of the bounds is passed; NULL passes none.</param>
public sealed record ScanFunctions(
    Func<int, IReadOnlyList<BitTerm>, IReadOnlyList<string>, string> Tally, Func<string, string, IReadOnlyList<double>?, string> Remembered,
    Func<IReadOnlyList<NumberBound>, string> Passed)
{
    /// <summary>A text of what a scan would ask for, to tell one scan from another; it runs nowhere.</summary>
    public static ScanFunctions Described { get; } = new(
        (counters, terms, words) => $"{counters} {string.Join(' ', terms.Select(t => $"{t.Counter}:{string.Join(',', t.Set)}!{string.Join(',', t.Clear)}"))} {string.Join(' ', words)}",
        (column, word, steps) => $"{column} {word} {string.Join(' ', steps ?? [])}",
        bounds => string.Join(' ', bounds));
}
