using Yunnao.Kernel;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Limit, offset and cursor make sense together with the order.</summary>
internal static class PageIsSound
{
    public static Problem? Check(ScopedQuery scoped)
    {
        var query = scoped.Query;
        if (query.Limit < 0 || query.Offset < 0) return Refuse("Limit and offset are not negative.");
        if (query.After is not { } after) return null;
        if (query.Grouped) return Refuse("A query with aggregates has no cursor.");
        if (query.Order.Count == 0 || query.Order[^1].Name != SystemColumns.Record) return Refuse("A query with a cursor is ordered by _record in the end.");
        if (after.Count != query.Order.Count) return Refuse("A cursor has one value for each column of the order.");
        for (var i = 0; i < after.Count; i++)
        {
            var kind = scoped.Table.Find(query.Order[i].Name)!.Kind;
            if (after[i] is { } value && value.Kind != kind) return Refuse($"The cursor's value for {query.Order[i].Name} is not of kind {kind}.");
        }

        return null;
    }

    private static Problem Refuse(string message) => new(ProblemKind.Incorrect, "query.page", message);
}
