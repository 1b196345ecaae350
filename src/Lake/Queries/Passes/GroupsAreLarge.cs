using Yunnao.Kernel;

namespace Yunnao.Lake.Queries.Passes;

/// <summary>
/// Where a Scope shows no single rows, a query has aggregates, and none that is the value of one row: the smallest or the largest. That groups
/// of few persons are left out is written into the statement (<see cref="ScopedTable.SmallestGroup"/>).
/// </summary>
internal static class GroupsAreLarge
{
    public static Problem? Check(ScopedQuery scoped)
    {
        if (scoped.Table.RowsShown) return null;
        if (!scoped.Query.Grouped) return Refuse($"The Scope shows no single rows of {scoped.Table.Shape.DataSet.Id}; ask for aggregates.");
        return scoped.Query.Outputs.Any(o => o.Aggregate is Aggregate.Min or Aggregate.Max)
            ? Refuse("The smallest and the largest value are those of single rows, which the Scope does not show.")
            : null;
    }

    private static Problem Refuse(Sentence message) => new(ProblemKind.Forbidden, "scope.rows", message);
}
