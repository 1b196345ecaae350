using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Puts every query inside a filter under the Scope of the whole, and sees that it gives what it is compared with.</summary>
internal static class InnerQueriesAreScoped
{
    /// <param name="find">The shape of a data set; null when the registry has none.</param>
    public static Result<ScopedQuery> Rewrite(ScopedQuery scoped, Func<string, TableShape?> find, Scope scope)
    {
        if (scoped.Query.Where is not { } where || !Has(where)) return scoped;
        return Rewrite(where, scoped.Table, find, scope).Try(out var filter, out var problem) ? scoped with { Query = scoped.Query with { Where = filter } } : problem;
    }

    private static bool Has(Filter filter) => filter switch
    {
        Filter.And and => and.Parts.Any(Has),
        Filter.Or or => or.Parts.Any(Has),
        Filter.Not not => Has(not.Part),
        _ => filter is Filter.Among,
    };

    private static Result<Filter> Rewrite(Filter filter, ScopedTable table, Func<string, TableShape?> find, Scope scope)
    {
        switch (filter)
        {
            case Filter.And and: return All(and.Parts).Try(out var parts, out var problem) ? new Filter.And(parts) : problem;
            case Filter.Or or: return All(or.Parts).Try(out parts, out problem) ? new Filter.Or(parts) : problem;
            case Filter.Not not: return Rewrite(not.Part, table, find, scope).Try(out var part, out problem) ? new Filter.Not(part) : problem;
            case Filter.Among among: return Inner(among, table, find, scope);
            default: return filter;
        }

        Result<IReadOnlyList<Filter>> All(IReadOnlyList<Filter> parts)
        {
            var rewritten = new List<Filter>(parts.Count);
            foreach (var part in parts)
            {
                if (!Rewrite(part, table, find, scope).Try(out var one, out var problem)) return problem;
                rewritten.Add(one);
            }

            return rewritten;
        }
    }

    private static Result<Filter> Inner(Filter.Among among, ScopedTable table, Func<string, TableShape?> find, Scope scope)
    {
        var query = among.Of;
        if (query.Grouped || query.Keyed || query.Order.Count > 0 || query.Limit is not null || query.Changes is not null || query.Outputs.Count != among.Names.Count || among.Names.Count == 0)
            return new Problem(ProblemKind.Incorrect, "query.outputs", "A query inside a filter has an output for each column that is compared, and neither aggregates nor order nor limit.");
        if (!ScopedQuery.Of(query, find, scope).Try(out var inner, out var problem)) return problem;
        for (var i = 0; i < among.Names.Count; i++)
        {
            var (one, other) = (table.Find(among.Names[i])!, inner.Table.Find(query.Outputs[i].Name!)!);
            if (one.Kind != other.Kind || one.Action != other.Action) return new Problem(ProblemKind.Incorrect, "query.type", $"{one.Name} is compared with {query.DataSet}.{other.Name}, which is shown otherwise.");
        }

        return among with { Scoped = inner };
    }
}
