namespace Yunnao.Lake.Queries;

/// <summary>A question to one data set, as a tree. Immutable; the passes make new trees of it.</summary>
/// <param name="DataSet">Data set id.</param>
public sealed record Query(string DataSet)
{
    /// <summary>Columns of the result; empty asks for every item and system column that the Scope shows.</summary>
    public IReadOnlyList<Output> Outputs { get; init; } = [];

    /// <summary>Rows wanted; null is all.</summary>
    public Filter? Where { get; init; }

    /// <summary>Order of the result; of a query with aggregates, by its group keys and by the titles of its aggregates.</summary>
    public IReadOnlyList<Ordering> Order { get; init; } = [];

    /// <summary>Most rows wanted; null is no limit.</summary>
    public long? Limit { get; init; }

    /// <summary>Rows to leave out at the beginning.</summary>
    public long Offset { get; init; }

    /// <summary>
    /// Continues after the row with these values of the order's columns (null: missing), so that a page costs the same wherever it is.
    /// The order must end in <c>_record</c>.
    /// </summary>
    public IReadOnlyList<Value?>? After { get; init; }

    /// <summary>
    /// True orders the rows at last by their record keys, whether the Scope shows those or not, and adds to the result what a cursor needs:
    /// the values of the order (<see cref="SortColumn"/>) and the key (<see cref="KeyColumn"/>). They are for whoever seals cursors, not for
    /// the holder of the Scope. <see cref="After"/> then ends in a record key. Not with aggregates.
    /// </summary>
    public bool Keyed { get; init; }

    /// <summary>Only rows that came with batches up to this number; null for all.</summary>
    public int? UntilBatch { get; init; }

    /// <summary>Only what changed between two places in the history of the lake, records that are gone included; null for all that is there. Not with aggregates.</summary>
    public ChangeRange? Changes { get; init; }

    /// <summary>True asks for every version that there is of a record, those that newer ones superseded too, each under the Scope as if it were the only one. Not with changes.</summary>
    public bool Versions { get; init; }

    /// <summary>Of the rows that match and are equal in this column only the one with the latest time; null for all rows. Not with aggregates.</summary>
    public string? NewestOf { get; init; }

    /// <summary>The cursor of a query of newest rows, which says nothing of what is newest. Set by the passes.</summary>
    public Filter? Beyond { get; internal init; }

    /// <summary>Which rows are left out, so that the result names its recipient; null for none. Not with aggregates.</summary>
    public RowMark? Mark { get; init; }

    /// <summary>
    /// The number of the batch that brought a row: asked for by name, never among all columns. It tells of a record's time, and so is there only
    /// where the Scope shows that time as it is.
    /// </summary>
    public const string ArrivalColumn = "_arrival";

    /// <summary>Name of the record key in the result of a keyed query: text of decimal digits.</summary>
    public const string KeyColumn = "_key";

    /// <summary>Name of a value of the order in the result of a keyed query.</summary>
    public static string SortColumn(int place) => $"_sort_{place}";

    /// <summary>True when an output is an aggregate.</summary>
    public bool Grouped => Outputs.Any(o => o.Aggregate != Aggregate.None);

    /// <summary>Which output an order of a grouped query is by: a group key of its name, else an aggregate of its title; -1 when there is none.</summary>
    public int OutputOf(Ordering order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var outputs = Outputs.ToList();
        var key = outputs.FindIndex(o => o.Aggregate == Aggregate.None && o.Name == order.Name);
        return key >= 0 ? key : outputs.FindIndex(o => o.Aggregate != Aggregate.None && o.Title == order.Name);
    }

    /// <summary>True of an order by an aggregate, whose name is none of the table.</summary>
    internal bool IsOfAggregate(Ordering order) => OutputOf(order) is >= 0 and var at && Outputs[at].Aggregate != Aggregate.None;
}
