using Yunnao.Kernel;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>Every name is a column that exists for the holder of the Scope.</summary>
internal static class NamesAreKnown
{
    public static Problem? Check(ScopedQuery query)
    {
        foreach (var name in QueryNames.Of(query.Query))
        {
            if (query.Table.Find(name) is null) return Refuse(query, name);
        }

        return null;
    }

    // Whether an item exists is in the published registry, so saying that it is hidden gives nothing away.
    private static Problem Refuse(ScopedQuery query, string name)
    {
        var shape = query.Table.Shape;
        return shape.DataSet.Find(name) is not null || shape.Columns.Any(c => c.Name == name)
            ? new(ProblemKind.Forbidden, "scope.item", $"The Scope does not show {shape.DataSet.Id}.{name}.", new(Path: name))
            : new(ProblemKind.Incorrect, "query.item", $"{shape.DataSet.Id} has no item {name}.", new(Path: name));
    }
}
