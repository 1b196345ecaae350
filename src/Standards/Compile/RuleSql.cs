using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Compile;

/// <summary>Turns a rule's expression over item names into SQL over the scan's columns.</summary>
internal static class RuleSql
{
    /// <summary>A condition that is true when the rule does not hold; NULL, which is no failure, where the rule cannot be judged.</summary>
    public static string Fails(Rule rule, DataSet dataSet, CodeSets sets, Func<Item, string> value)
    {
        string Column(string item) => value(dataSet.Find(item)!);

        // A missing code is neither in the set nor outside it.
        string InSet(string item, string set) => $"CASE WHEN {Column(item)} IS NOT NULL THEN NOT ({sets.NotIn(Column(item), set)}) END";
        var expression = RuleExpression.Parse(rule.Expression).Value;
        var holds = expression.ToSql(Column, InSet);

        // One odd value must not stop a batch: where the arithmetic of a rule fails, the rule cannot be judged.
        return expression.CanFail ? $"NOT (TRY({holds}))" : $"NOT ({holds})";
    }
}
