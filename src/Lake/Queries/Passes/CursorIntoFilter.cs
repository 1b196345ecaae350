namespace Yunnao.Lake.Queries.Passes;

/// <summary>
/// Turns "after the row with these values" into a filter: for the order (a, b, _record), a comes after, or a is equal and b comes after,
/// or both are equal and _record comes after. Missing values come last, whatever the direction.
/// </summary>
internal static class CursorIntoFilter
{
    public static ScopedQuery Rewrite(ScopedQuery scoped)
    {
        if (scoped.Query.After is not { } after) return scoped;
        var order = scoped.Query.Order;
        var ways = new List<Filter>();
        for (var i = 0; i < order.Count; i++)
        {
            if (Later(order[i], after[i]) is not { } later) continue;
            ways.Add(new Filter.And([.. Enumerable.Range(0, i).Select(j => Same(order[j], after[j])), later]));
        }

        Filter cursor = new Filter.Or(ways);
        if (scoped.Query.NewestOf is not null) return scoped with { Query = scoped.Query with { Beyond = cursor, After = null } };
        var where = scoped.Query.Where is { } filter ? new Filter.And([filter, cursor]) : cursor;
        return scoped with { Query = scoped.Query with { Where = where, After = null } };
    }

    private static Filter Same(Ordering order, Value? value) =>
        value is { } v ? new Filter.Compare(order.Name, Comparison.Equal, v) : new Filter.IsNull(order.Name);

    // Nothing comes after a missing value.
    private static Filter.Or? Later(Ordering order, Value? value) => value is { } v
        ? new([new Filter.Compare(order.Name, order.Descending ? Comparison.Less : Comparison.Greater, v), new Filter.IsNull(order.Name)])
        : null;
}
