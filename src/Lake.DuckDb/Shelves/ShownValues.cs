namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>The values of a column, one for each row of a person.</summary>
internal sealed record ShownValues(ShelfColumn Type, ShelfValue[] Values)
{
    /// <summary>Which of two rows comes first in the order of this column; missing values come last, whatever the direction.</summary>
    public int Order(int left, int right, bool descending) => (Values[left].IsThere, Values[right].IsThere) switch
    {
        (true, true) when descending => ShelfValue.Compare(Type.Type, Values[right], Values[left]),
        (true, true) => ShelfValue.Compare(Type.Type, Values[left], Values[right]),
        (var one, var other) => other.CompareTo(one),
    };
}
