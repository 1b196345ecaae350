using Yunnao.Standards.Compile;

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

        // By the first column an engine can leave out blocks of a table; by one of several ways it cannot.
        if (order.Count > 1 && after[0] is { } first) cursor = new Filter.And([OrMissing(order[0], new Filter.Compare(order[0].Name, order[0].Descending ? Comparison.LessOrEqual : Comparison.GreaterOrEqual, first)), cursor]);
        if (scoped.Query.NewestOf is not null) return scoped with { Query = scoped.Query with { Beyond = cursor, After = null } };
        var where = scoped.Query.Where is { } filter ? new Filter.And([filter, cursor]) : cursor;
        return scoped with { Query = scoped.Query with { Where = where, After = null } };
    }

    private static Filter Same(Ordering order, Value? value) =>
        value is { } v ? new Filter.Compare(order.Name, Comparison.Equal, v) : new Filter.IsNull(order.Name);

    // Nothing comes after a missing value.
    private static Filter? Later(Ordering order, Value? value) => value is { } v ? OrMissing(order, new Filter.Compare(order.Name, order.Descending ? Comparison.Less : Comparison.Greater, v)) : null;

    private static Filter OrMissing(Ordering order, Filter filter) =>
        order.Name is Query.KeyColumn or SystemColumns.Record ? filter : new Filter.Or([filter, new Filter.IsNull(order.Name)]);
}
