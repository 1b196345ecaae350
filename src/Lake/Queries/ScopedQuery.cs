using Yunnao.Kernel;
using Yunnao.Lake.Queries.Passes;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries;

/// <summary>A query over a data set as a Scope shows it, ready to be written in an engine's language: every name, type and right is checked.</summary>
public sealed record ScopedQuery
{
    internal ScopedQuery(ScopedTable table, Query query, ReadOnlyMemory<byte> pseudonymKey) => (Table, Query, PseudonymKey) = (table, query, pseudonymKey);

    public ScopedTable Table { get; }

    /// <summary>Its outputs are named and its cursor is part of its filter.</summary>
    public Query Query { get; internal init; }

    public ReadOnlyMemory<byte> PseudonymKey { get; }

    /// <summary>Every name that the query mentions.</summary>
    public IEnumerable<string> Names => QueryNames.Of(Query);

    /// <summary>The query inside a filter, under the same Scope.</summary>
    public static ScopedQuery Inside(Filter.Among among) => among.Scoped ?? throw new InvalidOperationException("The query inside a filter was put under no Scope.");

    /// <summary>
    /// Puts a Scope inside a query. Problems: <c>scope.data-set</c>, <c>scope.item</c>, <c>scope.key</c>, <c>scope.rows</c>, <c>query.data-set</c>,
    /// <c>query.item</c>, <c>query.type</c>, <c>query.outputs</c>, <c>query.order</c>, <c>query.page</c>.
    /// </summary>
    /// <param name="find">The shape of a data set; null when the registry has none.</param>
    public static Result<ScopedQuery> Of(Query query, Func<string, TableShape?> find, Scope scope)
    {
        if (find(query.DataSet) is not { } shape) return new Problem(ProblemKind.NotFound, "query.data-set", $"There is no data set {query.DataSet}.");
        if (!ScopedTable.Of(shape, scope).Try(out var table, out var problem)) return problem;
        var scoped = new ScopedQuery(table, query, scope.PseudonymKey);
        var wrong = NamesAreKnown.Check(scoped)
            ?? ValuesHaveType.Check(scoped)
            ?? PageIsSound.Check(scoped)
            ?? ChangesAreSound.Check(scoped)
            ?? GroupsAreSound.Check(scoped)
            ?? GroupsAreLarge.Check(scoped);
        if (wrong is not null) return wrong;
        return InnerQueriesAreScoped.Rewrite(scoped, find, scope).Try(out var whole, out problem) ? CursorIntoFilter.Rewrite(KeysComeLast.Rewrite(OutputsAreNamed.Rewrite(whole))) : problem;
    }
}
