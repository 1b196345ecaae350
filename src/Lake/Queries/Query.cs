namespace Yunnao.Lake.Queries;

/// <summary>A question to one data set, as a tree. Immutable; the passes make new trees of it.</summary>
/// <param name="DataSet">Data set id.</param>
public sealed record Query(string DataSet)
{
    /// <summary>Columns of the result; empty asks for every item and system column that the Scope shows.</summary>
    public IReadOnlyList<Output> Outputs { get; init; } = [];

    /// <summary>Rows wanted; null is all.</summary>
    public Filter? Where { get; init; }

    /// <summary>Order of the result; of a query with aggregates, by its group keys only.</summary>
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

    /// <summary>True when an output is an aggregate.</summary>
    public bool Grouped => Outputs.Any(o => o.Aggregate != Aggregate.None);
}
