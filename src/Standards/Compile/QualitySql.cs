using System.Text;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The one scan in which all measures of a data set are counted (DuckDB dialect), by institution and month. Every condition is computed
/// once a row and becomes a bit; most rows fail nothing, so rows are counted by institution, month and the words of bits, and the single
/// measures are added up from these few groups. What a row fails costs a group, not an aggregate for each measure and row.
/// </summary>
public sealed class QualitySql
{
    private readonly TableShape _shape;
    private readonly Dictionary<string, TableShape> _others;
    private readonly List<(int Measure, QualityMeasure Written)> _written;
    private readonly List<(int Measure, Check Check)> _flags;
    private readonly HashSet<string> _words;

    /// <param name="others">All data sets, for records that are looked for elsewhere.</param>
    public QualitySql(TableShape shape, QualityRules rules, IEnumerable<TableShape> others)
    {
        _shape = shape;
        _others = others.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal);
        Measures = MeasureList.Of(shape, rules);
        _written = [.. Measures.Select((m, i) => (i, m.Written!)).Where(m => m.Item2 is not null)];
        _flags = [.. Measures.Select((m, i) => (i, m.Check!)).Where(m => m.Item2 is { Severity: Severity.Flag })];
        _words = [.. _written.SelectMany(w => new[] { w.Written.Where, w.Written.Holds }).OfType<string>().SelectMany(t => RuleExpression.Parse(t).Value.Items)];
    }

    /// <summary>The measures, in the order in which the scan yields them.</summary>
    public IReadOnlyList<Measure> Measures { get; }

    /// <summary>True when a measure asks who the person is.</summary>
    public bool AsksPerson => _shape.DataSet.Subject is not null && _words.Any(MeasureWords.OfPerson);

    /// <summary>The other data sets that measures look into, with the days around a row in which they look; null: at any time.</summary>
    public IEnumerable<(string DataSet, int? Days)> Looks => _written.Select(w => w.Written.Exists).OfType<RecordLink>().Select(l => (l.DataSet, l.Days)).Distinct();

    /// <summary>
    /// Columns of the SELECT: <c>org</c>, <c>month</c> (its first day), <c>measure</c>, <c>checked</c> (rows that the measure was asked
    /// of), <c>failed</c>; last the rows themselves, as <see cref="DerivedMeasure.Rows"/>.
    /// </summary>
    public string Build(QualitySources sources)
    {
        var asked = new SortedDictionary<int, string>();
        var fails = new SortedDictionary<int, string>();
        foreach (var (measure, check) in _flags) fails.Add(measure, sources.Failed(check));
        foreach (var (measure, written) in _written)
        {
            if (Asked(written, sources) is { } of) asked.Add(measure, of);
            fails.Add(measure, Fails(written, measure, sources));
        }

        var bits = fails.Keys.Select((measure, bit) => (measure, bit)).ToDictionary(b => b.measure, b => b.bit);
        var counted = _shape.Columns.Where(c => c is { OfSystem: false, Item: not null }).Select(c => c.Name).ToList();
        string[] keys = ["org", "month", .. Enumerable.Range(0, (bits.Count + 63) / 64).Select(w => $"w_{w}")];

        var sql = new StringBuilder("SELECT org, month, unnest([").AppendJoin(", ", Measures.Select(m => Sql.Text(m.Id)).Append(Sql.Text(DerivedMeasure.Rows)));
        sql.Append("]) AS measure,\nunnest([").AppendJoin(", ", Measures.Select((m, i) => $"{Checked(m, i, asked)}::BIGINT").Append("sum(n)::BIGINT"));
        sql.Append("]) AS checked,\nunnest([").AppendJoin(", ", Measures.Select((m, i) => $"{Failed(m, i, bits)}::BIGINT").Append("0")).Append("]) AS failed");
        sql.Append("\nFROM (SELECT ").AppendJoin(", ", keys).Append(", count(*) AS n");
        foreach (var column in counted) sql.Append($", count({Sql.Name(column)}) AS {Count(column)}");
        foreach (var measure in asked.Keys) sql.Append($", count(*) FILTER (a_{measure}) AS n_{measure}");
        sql.Append("\nFROM (SELECT *").AppendJoin("", keys.Skip(2).Select((key, word) => $", {Word(bits.Where(b => b.Value / 64 == word))} AS {key}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", fails.Select(f => $",\n{f.Value} AS k_{f.Key}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", asked.Select(a => $",\ncoalesce({a.Value}, false) AS a_{a.Key}"));
        sql.Append("\nFROM ").Append(Base(sources)).Append(") AS t) AS t) AS t GROUP BY ").AppendJoin(", ", keys);
        return sql.Append(") AS g GROUP BY org, month").ToString();
    }

    /// <summary>The rows with institution, month, and what measures ask beside the items.</summary>
    private string Base(QualitySources sources)
    {
        var (columns, joins) = ("", "");
        if (AsksPerson) (columns, joins) = (", p.birth AS p_birth, p.sex AS p_sex", $" LEFT JOIN {sources.Persons} AS p ON p.subject = t._subject");
        if (_words.Contains(MeasureWords.Loaded)) (columns, joins) = ($"{columns}, b.committed AS p_loaded", $"{joins} LEFT JOIN {sources.Batches} AS b ON b.number = t._batch");
        return $"(SELECT t.*, coalesce(t._org, '') AS org, {Month("t")} AS month{columns} FROM {sources.Rows} AS t{joins}) AS t";
    }

    /// <summary>Which rows a measure is asked of; null: all. A row that has not the values by which another is found is not asked.</summary>
    private string? Asked(QualityMeasure measure, QualitySources sources)
    {
        var conditions = new List<string>();
        if (measure.Where is { } where) conditions.Add($"({Condition(where, sources)})");
        conditions.AddRange((measure.Exists?.On.Keys ?? measure.Unique).Select(item => $"t.{Column(_shape, item)} IS NOT NULL"));
        return conditions.Count == 0 ? null : string.Join(" AND ", conditions);
    }

    private string Fails(QualityMeasure measure, int number, QualitySources sources)
    {
        var asked = Asked(measure, sources) is null ? "" : $"a_{number} AND ";
        if (measure.Exists is { } link) return $"({asked}NOT {Exists(link, sources)})";
        return measure.Unique.Count > 0 ? $"({asked}{Repeated(measure, sources)})" : $"({asked}NOT ({Condition(measure.Holds!, sources)}))";
    }

    private string Exists(RecordLink link, QualitySources sources)
    {
        if (sources.RowsOf(link.DataSet) is not { } others) return "false";
        var other = _others[link.DataSet];
        var on = string.Concat(link.On.Select(o => $" AND o.{Column(other, o.Value)} = t.{Column(_shape, o.Key)}"));
        var near = link.Days is { } days ? $" AND o._time BETWEEN t._time - INTERVAL {days} DAY AND t._time + INTERVAL {days} DAY" : "";
        
        // A person is one across institutions; every other number is an institution's own.
        var place = link.On.Keys.Any(i => _shape.DataSet.Find(i) == _shape.DataSet.Subject) ? "true" : "o._org = t._org";
        return $"EXISTS (SELECT 1 FROM {others} AS o WHERE {place}{on}{near})";
    }

    private string Repeated(QualityMeasure measure, QualitySources sources)
    {
        string Key(string row, string org, string month) =>
            $"struct_pack(org := {org}, month := {month}{string.Concat(measure.Unique.Select((item, i) => $", k{i} := {row}.{Column(_shape, item)}"))})";
        var where = measure.Where is { } condition ? $" WHERE {Condition(condition, sources)}" : "";
        return $"{Key("t", "t.org", "t.month")} IN (SELECT {Key("t", "coalesce(t._org, '')", Month("t"))} FROM {sources.Rows} AS t{where} GROUP BY ALL HAVING count(*) > 1)";
    }

    private string Condition(string text, QualitySources sources)
    {
        var expression = RuleExpression.Parse(text).Value;
        var sql = expression.ToSql(Value, (item, set) => $"CASE WHEN {Value(item)} IS NOT NULL THEN NOT ({sources.Sets.NotIn(Value(item), set)}) END");
        return expression.CanFail ? $"TRY({sql})" : sql;
    }

    private string Value(string word) => word switch
    {
        _ when _shape.DataSet.Find(word) is not null => $"t.{Column(_shape, word)}",
        MeasureWords.Event => "t._time",
        MeasureWords.Loaded => "t.p_loaded",
        _ when !AsksPerson => "NULL",
        MeasureWords.Age => "date_sub('year', t.p_birth, t._time::DATE)",
        MeasureWords.Sex => "t.p_sex",
        _ => "t.p_birth",
    };

    /// <summary>The local patient number is in the vault; in the lake the subject stands in its place.</summary>
    private static string Column(TableShape shape, string item) =>
        shape.ColumnOf(item) is { } column ? Sql.Name(column) : SystemColumns.Subject;

    private static string Month(string row) => $"date_trunc('month', {row}._time::DATE)::DATE";

    private static string Count(string column) => Sql.Name("n of " + column);

    /// <summary>Most rows fail nothing: one condition over all of a word decides, and only the others work out which.</summary>
    private static string Word(IEnumerable<KeyValuePair<int, int>> bits)
    {
        var list = bits.ToList();
        var any = string.Join(" OR ", list.Select(b => $"k_{b.Key}"));
        var which = string.Join(" | ", list.Select(b => $"CASE WHEN k_{b.Key} THEN {1UL << (b.Value % 64)}::UBIGINT ELSE 0::UBIGINT END"));
        return $"CASE WHEN {any} THEN {which} ELSE 0::UBIGINT END";
    }

    /// <summary>Rows of a group that the measure was asked of: those with a value where it is about one.</summary>
    private string Checked(Measure measure, int number, SortedDictionary<int, string> asked)
    {
        if (asked.ContainsKey(number)) return $"sum(n_{number})";
        var column = measure.Check is { Item: { } item, Kind: not CheckKind.Required } && _shape.ColumnOf(item.Name) == item.Name ? item.Name : null;
        return column is null ? measure.Id is DerivedMeasure.Unmapped ? "0" : "sum(n)" : $"sum({Count(column)})";
    }

    private static string Failed(Measure measure, int number, Dictionary<int, int> bits)
    {
        if (measure.Item is { } item) return $"(sum(n) - sum({Count(item.Name)}))";
        return bits.TryGetValue(number, out var bit) ? $"coalesce(sum(n) FILTER ((w_{bit / 64} & {1UL << (bit % 64)}::UBIGINT) <> 0), 0)" : "0";
    }
}
