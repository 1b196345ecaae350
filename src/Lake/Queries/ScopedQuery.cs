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

    /// <summary>
    /// The persons whom a query names, when it asks for the first rows of them in the order of persons, so that nothing has to be asked of the last of them; and the person with whom its
    /// cursor begins. Null for any other query.
    /// </summary>
    public (IReadOnlyList<Value> Persons, ulong From)? PersonsInOrder
    {
        get
        {
            if (Query is not { Grouped: false, Changes: null, Versions: false, NewestOf: null, Mark: null, Offset: 0, Limit: not null, Where: { } where, Order: [{ Name: SystemColumns.Subject, Descending: false }, ..] }) return null;
            return Persons is { } persons ? (persons, Bound(where)) : null;
        }
    }

    /// <summary>The persons of whose rows some are wanted, where the query has a list of them; null where it has none, or the Scope shows others in their place.</summary>
    public IReadOnlyList<Value>? Persons => Table.Find(SystemColumns.Subject)?.Action == ItemAction.Clear ? Named(Query.Where)?.Values : null;

    /// <summary>The value that a column has in every row that is wanted, whether the Scope shows it or not; null where the query names none.</summary>
    public Value? Only(string column)
    {
        return Of(Query.Where);

        Value? Of(Filter? filter) => filter switch
        {
            Filter.Compare { Comparison: Comparison.Equal } compare when compare.Name == column => compare.Value,
            Filter.And and => and.Parts.Select(Of).FirstOrDefault(v => v is not null),
            _ => null,
        };
    }

    /// <summary>The same query of some of the persons whom it names.</summary>
    public ScopedQuery OfPersons(IEnumerable<ulong> persons)
    {
        var named = Named(Query.Where) ?? throw new InvalidOperationException("The query names no persons.");
        var some = named with { Values = [.. persons.Select(Value.Subject)] };
        return this with { Query = Query with { Where = Instead(Query.Where!) } };

        Filter Instead(Filter filter) => ReferenceEquals(filter, named) ? some : filter is Filter.And and ? new Filter.And([.. and.Parts.Select(Instead)]) : filter;
    }

    private static Filter.In? Named(Filter? filter) => filter switch
    {
        Filter.In { Name: SystemColumns.Subject } named => named,
        Filter.And and => and.Parts.Select(Named).FirstOrDefault(n => n is not null),
        _ => null,
    };

    private static ulong Bound(Filter filter) => filter switch
    {
        Filter.Compare { Name: SystemColumns.Subject, Comparison: Comparison.GreaterOrEqual } bound => (ulong)bound.Value.Data,
        Filter.Or { Parts: [var bound, Filter.IsNull { Name: SystemColumns.Subject }] } => Bound(bound),
        Filter.And and => and.Parts.Max(Bound),
        _ => 0,
    };

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
