using Xunit;
using Yunnao.Synthetic.Rules;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class RuleReaderTests
{
    private static readonly Dictionary<string, object?> Row = new()
    {
        ["a"] = 5.0, ["b"] = 7.5, ["none"] = null, ["code"] = "I10.x00", ["flag"] = true,
        ["born"] = new DateOnly(2000, 2, 29), ["seen"] = new DateTime(2025, 3, 1, 23, 30, 0), ["left"] = new DateTime(2025, 3, 2, 0, 10, 0),
    };

    [Theory]
    [InlineData("a < b AND b <= 7.5", true)]
    [InlineData("a + b * 2 = 20", true)]
    [InlineData("none > 1", null)]
    [InlineData("none > 1 OR a = 5", true)]
    [InlineData("none > 1 AND a = 6", false)]
    [InlineData("NOT (none = 1)", null)]
    [InlineData("none IS NULL AND a IS NOT NULL", true)]
    [InlineData("a IN (1, 2, 5)", true)]
    [InlineData("a NOT IN (1, 2)", true)]
    [InlineData("a BETWEEN 1 AND 4", false)]
    [InlineData("code LIKE 'I10%'", true)]
    [InlineData("starts_with(code, 'I') AND substr(code, 2, 2) = '10'", true)]
    [InlineData("coalesce(none, a) = 5", true)]
    [InlineData("greatest(a, none, b) = b", true)]
    [InlineData("born <= seen", true)]
    [InlineData("seen <= left - interval 1 day", false)]
    [InlineData("date_diff('day', seen, left) = 1", true)]
    [InlineData("date_diff('hour', seen, left) = 1", true)]
    [InlineData("date_diff('year', born, seen) = 25", true)]
    [InlineData("CASE WHEN a > 6 THEN false WHEN flag THEN true END", true)]
    [InlineData("CASE substr(code, 1, 1) WHEN 'J' THEN '1' WHEN 'I' THEN '2' END = '2'", true)]
    [InlineData("in_set(code, 'ICD10') AND NOT in_set(code, 'OTHER')", true)]
    [InlineData("abs(a - b) <= 2.5 AND NOT flag", false)]
    [InlineData("born = DATE '2000-02-29'", true)]
    public void A_rule_is_read_as_sql_has_it(string expression, bool? expected) =>
        Assert.Equal(expected, (bool?)RuleReader.Read(expression, (set, _) => set == "ICD10")(name => Row[name]));

    [Theory]
    [InlineData("a <")]
    [InlineData("a = 1 b")]
    [InlineData("nonsense(a)")]
    public void What_is_no_rule_is_refused(string expression) =>
        Assert.Throws<RuleSyntaxException>(() => RuleReader.Read(expression, (_, _) => true)(name => Row.GetValueOrDefault(name)));

    [Fact]
    public void Every_rule_of_the_registry_is_understood()
    {
        foreach (var rule in TestCity.Registry.DataSets.Values.SelectMany(d => d.Rules)) Assert.NotNull(RuleReader.Read(rule.Expression, (_, _) => true));
    }
}
