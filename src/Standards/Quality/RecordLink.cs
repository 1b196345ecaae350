namespace Yunnao.Standards.Quality;

/// <summary>Another record, of the same institution, that belongs to a record.</summary>
/// <param name="DataSet">Where it is looked for.</param>
/// <param name="On">Item of the record → item of the other one with the same value.</param>
/// <param name="Days">At most so many days between the two event times; null: any time.</param>
public sealed record RecordLink(string DataSet, IReadOnlyDictionary<string, string> On, int? Days)
{
    /// <summary>Which record it is, in one line.</summary>
    public string Text => $"{DataSet} ({string.Join(", ", On.Select(o => $"{o.Key} = {o.Value}"))}){(Days is { } days ? $" within {days} d" : "")}";
}
