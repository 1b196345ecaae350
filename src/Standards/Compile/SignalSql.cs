using Yunnao.Standards.Alarms;
using Yunnao.Standards.Expressions;

namespace Yunnao.Standards.Compile;

/// <summary>Compiles a signal rule to the SELECT of its events: one row for each record that is a case.</summary>
public sealed class SignalSql(Registry registry)
{
    /// <summary>
    /// Columns of the SELECT: <c>signal</c>, <c>record</c>, <c>subject</c>, <c>org</c>, <c>seen</c> (day of the event), <c>onset</c>
    /// (day, or NULL), <c>region</c> (2, 4, 6 or 9 digits, empty when not known), <c>age</c> (years, or NULL).
    /// </summary>
    /// <param name="rows">SQL of the rows of the rule's data set, with the columns of its shape.</param>
    /// <param name="persons">Table with <c>subject</c>, <c>division</c> and <c>birth</c>.</param>
    /// <param name="places">Table with <c>org</c> and <c>division</c>.</param>
    public string Events(SignalRule rule, TableShape shape, string rows, string persons, string places)
    {
        string Column(string item) => $"t.{Sql.Name(shape.ColumnOf(item)!)}";

        var signal = rule.Each is null ? Sql.Text(rule.Id) : $"{Sql.Text(rule.Id + ".")} || {Code(rule.Each, Column)}";
        var onset = rule.Onset is null ? "NULL::DATE" : $"CASE WHEN {Column(rule.Onset)}::DATE <= t._time::DATE THEN {Column(rule.Onset)}::DATE END";
        var division = rule.Region is null ? "coalesce(p.division, o.division)" : $"coalesce({Column(rule.Region)}, p.division, o.division)";
        var birth = "date_sub('year', p.birth, t._time::DATE)";
        var age = rule.Age is null ? birth : $"coalesce({Column(rule.Age)}, {birth})";
        return $"""
            SELECT {signal} AS signal, t._record AS record, t._subject AS subject, t._org AS org, t._time::DATE AS seen, {onset} AS onset,
                {Region(division)} AS region, TRY_CAST({age} AS SMALLINT) AS age
            FROM {rows} t LEFT JOIN {persons} p ON p.subject = t._subject LEFT JOIN {places} o ON o.org = t._org
            WHERE {Condition(rule, Column)}{(rule.Each is null ? "" : $" AND {Code(rule.Each, Column)} IS NOT NULL")}
            """;
    }

    /// <summary>The code of a division as a region: whole provinces and cities lose their zeros, villages become streets.</summary>
    public static string Region(string division) =>
        $"CASE WHEN {division} IS NULL OR NOT regexp_full_match({division}, '[0-9]{{6,12}}') THEN ''"
        + $" WHEN substr({division}, 3, 4) = '0000' THEN left({division}, 2) WHEN substr({division}, 5, 2) = '00' THEN left({division}, 4)"
        + $" WHEN length({division}) < 9 OR substr({division}, 7, 3) = '000' THEN left({division}, 6) ELSE left({division}, 9) END";

    private string Condition(SignalRule rule, Func<string, string> column)
    {
        if (rule.Where is null) return "true";
        var expression = RuleExpression.Parse(rule.Where).Value;
        var holds = expression.ToSql(
            column,
            (item, set) => $"coalesce({column(item)} IN ({Codes(registry.ValueSets[set].Codes.Keys)}), false)",
            (item, list) => MentionSql.Condition(column(item), registry.Alarms.Words[list], registry.Alarms.Negation));
        return expression.CanFail ? $"coalesce(TRY({holds}), false)" : $"coalesce({holds}, false)";
    }

    private string Code(CodeOfRecord each, Func<string, string> column)
    {
        var (value, codes) = (column(each.Item), registry.ValueSets[each.ValueSet].Codes);
        if (each.Prefixes is not { } attribute) return $"CASE WHEN {value} IN ({Codes(codes.Keys)}) THEN {value} END";
        var prefixes = codes.Values
            .SelectMany(c => c.Attributes.GetValueOrDefault(attribute, "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => (Prefix: p, Code: c.Value)))
            .OrderByDescending(p => p.Prefix.Length).ThenByDescending(p => p.Code.Length).ThenBy(p => p.Code, StringComparer.Ordinal);
        return $"CASE{string.Concat(prefixes.Select(p => $" WHEN starts_with({value}, {Sql.Text(p.Prefix)}) THEN {Sql.Text(p.Code)}"))} END";
    }

    private static string Codes(IEnumerable<string> codes) => string.Join(", ", codes.Select(Sql.Text));
}
