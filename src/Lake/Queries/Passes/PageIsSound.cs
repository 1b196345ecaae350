using Yunnao.Kernel;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Limit, offset and cursor make sense together with the order.</summary>
internal static class PageIsSound
{
    public static Problem? Check(ScopedQuery scoped)
    {
        var query = scoped.Query;
        if ((query.Grouped && query.NewestOf is not null) || (query.Versions && query.Changes is not null)) return Refuse("Newest rows are rows, and changes are of the records that there are.");
        if (query.Limit < 0 || query.Offset < 0) return Refuse("Limit and offset are not negative.");
        if (query.Grouped && (query.Keyed || query.After is not null)) return Refuse("A query with aggregates has no cursor.");
        if (query.After is not { } after) return null;
        if (query.Keyed) return CheckKeyed(scoped, after);
        if (query.Order.Count == 0 || query.Order[^1].Name != SystemColumns.Record) return Refuse("A query with a cursor is ordered by _record in the end.");
        if (after.Count != query.Order.Count) return Refuse("A cursor has one value for each column of the order.");
        return CheckKinds(scoped, after);
    }

    private static Problem? CheckKeyed(ScopedQuery scoped, IReadOnlyList<Value?> after)
    {
        if (after.Count != scoped.Query.Order.Count + 1) return Refuse("A cursor has one value for each column of the order.");
        return after[^1] is { Kind: ValueKind.Record } ? CheckKinds(scoped, after) : Refuse("The cursor of a keyed query ends in a record key.");
    }

    private static Problem? CheckKinds(ScopedQuery scoped, IReadOnlyList<Value?> after)
    {
        for (var i = 0; i < scoped.Query.Order.Count; i++)
        {
            var (name, kind) = (scoped.Query.Order[i].Name, scoped.Table.Find(scoped.Query.Order[i].Name)!.Kind);
            if (after[i] is { } value && value.Kind != kind) return Refuse($"The cursor's value for {name} is not of kind {kind}.");
        }

        return null;
    }

    private static Problem Refuse(Sentence message) => new(ProblemKind.Incorrect, "query.page", message);
}
