namespace Yunnao.Standards.Policies;

/// <summary>A line of <c>policies/rights.csv</c>: who may read what, for which purpose, and how much of it is shown.</summary>
/// <param name="Role">The role that has the right.</param>
/// <param name="DataSets">Patterns of data set ids: <c>lab.result</c>, <c>lab.*</c>, <c>*</c>.</param>
/// <param name="RowsShown">False when only results of aggregates are shown.</param>
/// <param name="Keys">What is shown of record keys and subjects: Keep, Pseudonym or Drop.</param>
/// <param name="ByLevel">Five actions for the levels 1 to 5 of GB/T 39725; null stands for the item's own action.</param>
/// <param name="Items">Exceptions for single items.</param>
public sealed record Right(
    string Id, Status Status, string Role, string Purpose, IReadOnlyList<string> DataSets, Reach Organisations, Reach Subjects, bool RowsShown,
    Deid Keys, IReadOnlyList<Deid?> ByLevel, IReadOnlyList<ItemException> Items, string Source, SourceLine At)
{
    /// <summary>
    /// True when a person may be found by what only the vault holds: an identity number, the number of a health card, a telephone number. What is shown of the
    /// person is another matter.
    /// </summary>
    public bool FindsPersons { get; init; }

    /// <summary>True when one of the patterns is the data set's.</summary>
    public bool Covers(string dataSet) => DataSets.Any(p => Matches(p, dataSet));

    /// <summary>The exception for an item, or null.</summary>
    public ItemException? ExceptionFor(string dataSet, string item) => Items.FirstOrDefault(e => Matches(e.DataSet, dataSet) && e.Item == item);

    private static bool Matches(string pattern, string dataSet) =>
        pattern == "*" || pattern == dataSet || (pattern.EndsWith(".*", StringComparison.Ordinal) && dataSet.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
