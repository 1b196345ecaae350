using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>The names and values that a query mentions.</summary>
internal static class QueryNames
{
    /// <summary>Every name in the query.</summary>
    public static IEnumerable<string> Of(Query query) =>
        [.. query.Outputs.Select(o => o.Name).OfType<string>(), .. query.Order.Where(o => !query.IsOfAggregate(o)).Select(o => o.Name), .. query.NewestOf is { } newest ? [newest, SystemColumns.Time] : Array.Empty<string>(), .. Leaves(query).Select(l => l.Name)];

    /// <summary>The conditions on single columns in the filters of a query.</summary>
    public static IEnumerable<(string Name, Filter Leaf, IReadOnlyList<Value> Values)> Leaves(Query query) =>
        ((Filter?[])[query.Where, query.Changes?.Within]).OfType<Filter>().SelectMany(Leaves);

    /// <summary>The conditions on single columns inside a filter, each with the values it compares with.</summary>
    public static IEnumerable<(string Name, Filter Leaf, IReadOnlyList<Value> Values)> Leaves(Filter filter) => filter switch
    {
        Filter.And and => and.Parts.SelectMany(Leaves),
        Filter.Or or => or.Parts.SelectMany(Leaves),
        Filter.Not not => Leaves(not.Part),
        Filter.Compare c => [(c.Name, c, [c.Value])],
        Filter.In i => [(i.Name, i, i.Values)],
        Filter.Between b => [(b.Name, b, [b.Low, b.High])],
        Filter.IsNull n => [(n.Name, n, [])],
        Filter.Contains t => [(t.Name, t, [Value.Of(t.Text)])],
        Filter.StartsWith t => [(t.Name, t, [Value.Of(t.Text)])],
        Filter.Among a => a.Names.Select(n => (n, (Filter)a, (IReadOnlyList<Value>)[])),
        _ => throw new ArgumentException($"{filter.GetType().Name} is no filter this pass knows.", nameof(filter)),
    };
}
