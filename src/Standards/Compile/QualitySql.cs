using System.Text;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The one scan in which all measures of a data set are counted (DuckDB dialect), by institution and month. Every condition is a bit of a
/// word of sixty-four; a row counts once for itself and once for each of its words with a bit set, and the single measures are added up from
/// these few groups. So what a row fails costs a group, not an aggregate for each measure and row. Conditions that read one column only are
/// judged once for each of its values (<see cref="QualityWord"/>).
/// </summary>
public sealed class QualitySql
{
    private const int RowItself = -1;
    private const string Nobody = "NULL";

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

        // What is looked up elsewhere is looked up once a row, under a name; a plain condition is written where it is asked.
        var looked = _written.Where(w => w.Written.Exists is not null || w.Written.Unique.Count > 0).ToDictionary(w => w.Measure, w => fails[w.Measure]);
        foreach (var measure in looked.Keys) fails[measure] = $"k_{measure}";
        var words = QualityWord.Of(fails.Select(f => (f.Key, f.Value, OnlyColumn(f.Key))));
        var counted = _shape.Columns.Where(c => c is { OfSystem: false, Item: not null }).Select(c => c.Name).ToList();

        var sql = new StringBuilder("WITH g AS MATERIALIZED (SELECT org, month, e.word AS word, e.bits AS bits, count(*) AS n");
        foreach (var column in counted) sql.Append($", count({Sql.Name(column)}) AS {Count(column)}");
        foreach (var measure in asked.Keys) sql.Append($", count(*) FILTER (a_{measure}) AS n_{measure}");
        sql.Append("\nFROM (SELECT org, month, ").AppendJoin("", counted.Select(c => $"{Sql.Name(c)}, ")).AppendJoin("", asked.Keys.Select(m => $"a_{m}, "));
        sql.Append(Entries(words.Count)).Append(" AS e");
        sql.Append("\nFROM (SELECT *").AppendJoin("", words.Select((word, i) => $",\n{word.Sql(sources.NewMemo)} AS w_{i}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", looked.Select(k => $",\n{k.Value} AS k_{k.Key}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", asked.Select(a => $",\ncoalesce({a.Value}, false) AS a_{a.Key}"));
        sql.Append("\nFROM ").Append(Base(sources)).Append(") AS t) AS t) AS t) AS t GROUP BY org, month, e.word, e.bits),\n");
        sql.Append(Failures(words)).Append("m AS (SELECT org, month, unnest(range(").Append(Measures.Count + 1).Append(")) AS number,\nunnest([");
        sql.AppendJoin(", ", Measures.Select((m, i) => Checked(m, i, asked)).Append("n")).Append("]) AS checked,\nunnest([");
        sql.AppendJoin(", ", Measures.Select(m => m.Item is { } item ? $"n - {Count(item.Name)}" : "0").Append("0")).Append($"]) AS missing FROM g WHERE word = {RowItself})\n");
        sql.Append("SELECT m.org, m.month, ([").AppendJoin(", ", Measures.Select(m => Sql.Text(m.Id)).Append(Sql.Text(DerivedMeasure.Rows)));
        return sql.Append("])[m.number + 1] AS measure, m.checked::BIGINT AS checked, coalesce(f.failed, m.missing)::BIGINT AS failed FROM m LEFT JOIN f USING (org, month, number)").ToString();
    }

    /// <summary>What a row counts for: itself, and each word with a bit set.</summary>
    private static string Entries(int words)
    {
        var itself = $"{{'word': {RowItself}, 'bits': 0::UBIGINT}}";
        if (words == 0) return itself;
        var numbers = Enumerable.Range(0, words).ToList();
        var set = string.Join(", ", numbers.Select(w => $"{{'word': {w}, 'bits': w_{w}}}"));
        return $"unnest(CASE WHEN {string.Join(" | ", numbers.Select(w => $"w_{w}"))} = 0 THEN [{itself}] ELSE [{itself}] || list_filter([{set}], lambda x: x.bits <> 0) END)";
    }

    /// <summary><c>f</c>: failed rows by institution, month and number of the measure. A word meets the bits that it could have.</summary>
    private static string Failures(List<QualityWord> words)
    {
        var masks = string.Join(", ", words.SelectMany((word, i) => word.Masks.Select(m => $"({m.Measure}, {i}, {m.Mask}::UBIGINT)")).DefaultIfEmpty("(0, 0, 0::UBIGINT)"));
        return $"""
            f AS (SELECT org, month, b.number::BIGINT AS number, sum(n)::BIGINT AS failed FROM g
            JOIN (VALUES {masks}) AS b (number, word, mask) ON b.word = g.word AND (g.bits & b.mask) <> 0 GROUP BY org, month, b.number),

            """;
    }

    /// <summary>SQL of the only column that the condition of a measure reads; null: several, or it looks elsewhere.</summary>
    private string? OnlyColumn(int measure)
    {
        if (Measures[measure].Written is not { Holds: { } holds } written) return null;
        var words = new[] { written.Where, holds }.OfType<string>().SelectMany(t => RuleExpression.Parse(t).Value.Items).Distinct().ToList();
        return words is [not MeasureWords.Age and var word] && Value(word) != Nobody ? Value(word) : null;
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
        if (measure.Unique.Count > 0) return $"({asked}{Repeated(measure, sources)})";
        return $"({asked}{Guarded(RuleExpression.Parse(measure.Holds!).Value, e => e.ToOppositeSql(Value, InSet(sources)))})";
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

    private string Condition(string text, QualitySources sources) => Guarded(RuleExpression.Parse(text).Value, e => e.ToSql(Value, InSet(sources)));

    private static string Guarded(RuleExpression expression, Func<RuleExpression, string> sql) => expression.CanFail ? $"TRY({sql(expression)})" : sql(expression);

    private Func<string, string, string> InSet(QualitySources sources) =>
        (item, set) => $"CASE WHEN {Value(item)} IS NOT NULL THEN NOT ({sources.Sets.NotIn(Value(item), set)}) END";

    private string Value(string word) => word switch
    {
        _ when _shape.DataSet.Find(word) is not null => $"t.{Column(_shape, word)}",
        MeasureWords.Event => "t._time",
        MeasureWords.Loaded => "t.p_loaded",
        _ when !AsksPerson => Nobody,
        MeasureWords.Age => "date_sub('year', t.p_birth, t._time::DATE)",
        MeasureWords.Sex => "t.p_sex",
        _ => "t.p_birth",
    };

    /// <summary>The local patient number is in the vault; in the lake the subject stands in its place.</summary>
    private static string Column(TableShape shape, string item) =>
        shape.ColumnOf(item) is { } column ? Sql.Name(column) : SystemColumns.Subject;

    private static string Month(string row) => $"date_trunc('month', {row}._time::DATE)::DATE";

    private static string Count(string column) => Sql.Name("n of " + column);

    /// <summary>Rows that the measure was asked of: those with a value where it is about one.</summary>
    private string Checked(Measure measure, int number, SortedDictionary<int, string> asked)
    {
        if (asked.ContainsKey(number)) return $"n_{number}";
        var column = measure.Check is { Item: { } item, Kind: not CheckKind.Required } && _shape.ColumnOf(item.Name) == item.Name ? item.Name : null;
        return column is null ? measure.Id is DerivedMeasure.Unmapped ? "0" : "n" : Count(column);
    }
}
