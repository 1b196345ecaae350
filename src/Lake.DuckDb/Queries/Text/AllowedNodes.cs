using System.Collections.Frozen;

namespace Yunnao.Lake.DuckDb.Queries.Text;

/// <summary>The parts of a parsed SELECT that may occur; whatever is not here is refused.</summary>
internal static class AllowedNodes
{
    /// <summary>Expressions, by their class.</summary>
    public static FrozenSet<string> Expressions { get; } = FrozenSet.Create(
        "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "LAMBDA", "LAMBDA_REF",
        "OPERATOR", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW");

    /// <summary>Everything else that has a type: queries, tables, modifiers, directions of an order.</summary>
    public static FrozenSet<string> Others { get; } = FrozenSet.Create(
        "SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE",
        "BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT",
        "ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
        "ORDER_DEFAULT", "ASCENDING", "DESCENDING");
}
