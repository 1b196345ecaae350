namespace Yunnao.Standards.Quality;

/// <summary>
/// A measure that is written down: it is asked of the rows of data sets for which <paramref name="Where"/> holds, and exactly one of
/// <paramref name="Holds"/>, <paramref name="Exists"/> and <paramref name="Unique"/> says what a good row is.
/// </summary>
/// <param name="DataSets">Ids, or <c>*</c> alone for all data sets.</param>
/// <param name="Where">Condition, or null: all rows.</param>
/// <param name="Holds">Condition that a good row fulfils; where it is NULL the row is good.</param>
/// <param name="Exists">The other record that a good row has.</param>
/// <param name="Beside">
/// Other records that <paramref name="Holds"/> compares with, its words <c>other.item</c> being theirs: rows that have one are asked, and a good
/// row fulfils the condition with each of them.
/// </param>
/// <param name="Unique">Items whose values together no other row of the institution has in that month.</param>
public sealed record QualityMeasure(
    string Id, string Version, Status Status, Names Name, MeasureWeight Counts, IReadOnlyList<string> DataSets, string? Where, string? Holds, RecordLink? Exists,
    RecordLink? Beside, IReadOnlyList<string> Unique, string Source, SourceLine At)
{
    /// <summary>Written in place of a data set: all of them.</summary>
    public const string EveryDataSet = "*";

    /// <summary>True when the measure is asked of rows of this data set.</summary>
    public bool IsOf(string dataSet) => DataSets.Contains(dataSet) || DataSets is [EveryDataSet];

    /// <summary>What a good row is, in one line.</summary>
    public string GoodText() => Exists is { } link
        ? $"exists {link.Text}"
        : Unique.Count > 0 ? $"unique ({string.Join(", ", Unique)})" : Beside is null ? Holds ?? "" : $"{Holds} beside {Beside.Text}";
}
