using System.Text;
using System.Text.RegularExpressions;

namespace Yunnao.Standards.Compile;

/// <summary>Turns a rule's expression over item names into SQL over the scan's columns.</summary>
internal static partial class RuleSql
{
    /// <summary>A condition that is true when the rule does not hold.</summary>
    public static string Fails(Rule rule, DataSet dataSet, CodeSets sets, Func<Item, string> value)
    {
        var inSets = InSet().Replace(rule.Expression, m => $"NOT ({sets.NotIn(m.Groups["item"].Value, m.Groups["set"].Value)})");
        var sql = new StringBuilder();
        var from = 0;
        foreach (Match token in Token().Matches(inSets))
        {
            sql.Append(inSets, from, token.Index - from);
            from = token.Index + token.Length;
            var item = token.Groups["name"].Success ? dataSet.Find(token.Value) : null;
            sql.Append(item is null ? token.Value : value(item));
        }

        sql.Append(inSets, from, inSets.Length - from);
        return $"NOT ({sql})";
    }

    [GeneratedRegex(@"in_set\(\s*(?<item>[a-z_][a-z0-9_]*)\s*,\s*'(?<set>[^']+)'\s*\)", RegexOptions.IgnoreCase)]
    private static partial Regex InSet();

    /// <summary>A quoted text (left alone), a quoted name (left alone) or a bare name.</summary>
    [GeneratedRegex("""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<name>[A-Za-z_][A-Za-z0-9_]*)""")]
    private static partial Regex Token();
}
