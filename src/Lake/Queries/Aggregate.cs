namespace Yunnao.Lake.Queries;

/// <summary>What is computed of an output over the rows of its group.</summary>
public enum Aggregate
{
    /// <summary>Nothing: the value itself; beside aggregates it is a key of the group.</summary>
    None,

    /// <summary>Rows (of no item) or values that are not null (of an item).</summary>
    Count,
    CountDistinct,
    Min,
    Max,
    Sum,
    Average,
}
