using Xunit;
using Yunnao.Standards.Expressions;

namespace Yunnao.Tests.Unit.Standards;

public sealed class RuleExpressionTests
{
    [Theory]
    [InlineData("a >= b", "a >= b")]
    [InlineData("A IS NOT NULL AND not b", "a is not null and not b")]
    [InlineData("a between 1 and 2.5 or b not in ('x', 'it''s')", "a between 1 and 2.5 or b not in ( 'x' , 'it''s' )")]
    [InlineData("case when a = 1 then b else c end > date '2020-01-31'", "case when a = 1 then b else c end > date '2020-01-31'")]
    [InlineData("discharged <= admitted + interval 300 day", "discharged <= admitted + interval 300 day")]
    [InlineData("length(trim(a)) % 2 = -1", "length ( trim ( a ) ) % 2 = - 1")]
    [InlineData("a <= current_date", "a <= current_date")]
    [InlineData("regexp_matches(a, '^[0-9]{2}''$')", "regexp_matches ( a , '^[0-9]{2}''$' )")]
    [InlineData("name like '张%' and date is null", "name like '张%' and date is null")]
    public void Plain_conditions_are_read(string text, string sql) =>
        Assert.Equal(sql, RuleExpression.Parse(text).Value.ToSql(i => i, (_, _) => ""));

    [Theory]
    [InlineData("")]
    [InlineData("a >")]
    [InlineData("a = 1 b")]
    [InlineData("(a = 1")]
    [InlineData("a = 1; drop table lab.result")]
    [InlineData("a = 1 -- rest")]
    [InlineData("a = 1 /* rest */")]
    [InlineData("a = --1")]
    [InlineData("a = \"b\"")]
    [InlineData("a = 'open")]
    [InlineData("a in (select 1)")]
    [InlineData("select a from b")]
    [InlineData("exists (a)")]
    [InlineData("read_text('secret') = 'x'")]
    [InlineData("getenv('HOME') = a")]
    [InlineData("a = $1")]
    [InlineData("a = b.c")]
    [InlineData("abs(a, b) = 1")]
    [InlineData("a = date '2020-13-01'")]
    [InlineData("in_set(a, b)")]
    [InlineData("in_set('a', 'b')")]
    [InlineData("a = interval 1 fortnight")]
    [InlineData("a = 'x\ny'")]
    [InlineData("a::int = 1")]
    [InlineData("regexp_matches(a, '[')")]
    [InlineData("regexp_matches(a, '(?=b)')")]
    [InlineData("regexp_matches(a, b)")]
    public void Everything_else_is_refused(string text) =>
        Assert.Equal("standards.bad-expression", RuleExpression.Parse(text).Problem?.Code);

    [Theory]
    [InlineData("a >= b", "a < b")]
    [InlineData("a = 1 and (b <> 2 or not c > 3)", "(a <> 1 or (b = 2 and c > 3))")]
    [InlineData("a is null or b between 1 and 2", "(not (a is null) and not (b between 1 and 2))")]
    [InlineData("(a + 1) * 2 <= b", "( a + 1 ) * 2 > b")]
    [InlineData("not not (a like 'x')", "not (a like 'x')")]
    public void The_opposite_says_NOT_of_single_parts_only(string text, string opposite) =>
        Assert.Equal(opposite, RuleExpression.Parse(text).Value.ToOpposite(i => i, (_, _) => "").Sql);

    [Fact]
    public void The_problem_names_the_character() =>
        Assert.Equal("the expression ends (character 8 of the expression)", RuleExpression.Parse("value >").Problem!.Message.ToString());

    [Fact]
    public void Items_and_value_sets_are_found_and_rendered()
    {
        var expression = RuleExpression.Parse("in_set(sex, 'GB-2261.1') or age < 3 and sex is null").Value;
        Assert.Equal(["sex", "age"], expression.Items);
        Assert.Equal([("sex", "GB-2261.1")], expression.InSets);
        Assert.Equal("<sex in GB-2261.1> or [age] < 3 and [sex] is null", expression.ToSql(i => $"[{i}]", (i, s) => $"<{i} in {s}>"));
    }

    [Theory]
    [InlineData("a > b and c is null", false)]
    [InlineData("in_set(a, 'b') or -a < 3", false)]
    [InlineData("a * b > 3", true)]
    [InlineData("date_diff('day', a, b) > 3", true)]
    public void Arithmetic_and_functions_can_fail(string text, bool canFail) => Assert.Equal(canFail, RuleExpression.Parse(text).Value.CanFail);

    [Fact]
    public void Nesting_without_end_is_refused_and_does_not_overflow_the_stack() =>
        Assert.False(RuleExpression.Parse(new string('(', 100_000)).Ok);
}
