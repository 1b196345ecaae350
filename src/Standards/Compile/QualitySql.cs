using System.Text;
using Yunnao.Standards.Expressions;
using Yunnao.Standards.Quality;

namespace Yunnao.Standards.Compile;

/// <summary>
/// The one scan in which all measures of a data set are counted (DuckDB dialect), by institution and month. Every condition is a bit of a
/// word of sixty-four (<see cref="QualityPlan"/>), and one aggregate counts them all, so that a row costs a few words and not an aggregate for
/// each measure. Conditions that read one column only are judged once for each of its values (<see cref="QualityWord"/>).
/// </summary>
public sealed class QualitySql
{
    private const string Nobody = "NULL";

    // Places in the list of numbers of a group, from 1: a 0, the rows, the rows with a value in each column, the counters.
    private const int None = 1;
    private const int Rows = 2;

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
    public IEnumerable<(string DataSet, int? Days)> Looks => _written.Select(w => w.Written.Exists ?? w.Written.Beside).OfType<RecordLink>().Select(l => (l.DataSet, l.Days)).Distinct();

    /// <summary>
    /// Columns of the SELECT: <c>org</c>, <c>month</c> (its first day), <c>measure</c>, <c>checked</c> (rows that the measure was asked
    /// of), <c>failed</c>; last the rows themselves, as <see cref="DerivedMeasure.Rows"/>.
    /// </summary>
    public string Build(QualitySources sources)
    {
        var plan = new QualityPlan(item => Value(item) is var value && value != Nobody ? value : null, AsDouble);
        var (asked, failed) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        var (named, looked) = (new List<string>(), new List<string>());
        foreach (var (measure, check) in _flags) failed.Add(measure, plan.Count(new Truth.Part(sources.Failed(check), []), false));
        foreach (var (measure, written) in _written)
        {
            var where = written.Where is { } text ? RuleExpression.Parse(text).Value : null;
            if (written is { Holds: { } holds, Beside: null })
            {
                var good = RuleExpression.Parse(holds).Value;
                var of = where?.ToTruth(Value, InSet(sources));
                if (of is not null) asked.Add(measure, plan.Count(of, where!.CanFail));
                failed.Add(measure, plan.Count(good.ToOpposite(Value, InSet(sources)), good.CanFail, of, where?.CanFail ?? false));
                continue;
            }

            // What is looked up elsewhere is looked up once a row, under a name.
            named.Add($"coalesce({Asked(written, sources)}, false) AS a_{measure}");
            looked.Add($"(a_{measure} AND {Bad(written, sources)}) AS k_{measure}");
            asked.Add(measure, plan.Count(new Truth.Part($"a_{measure}", []), false));
            failed.Add(measure, plan.Count(new Truth.Part($"k_{measure}", []), false));
        }

        var (words, terms) = plan.Make();
        var counted = _shape.Columns.Where(c => c is { OfSystem: false, Item: not null }).Select(c => c.Name).ToList();
        var numbers = _shape.Columns.Where(IsNumber).Select(c => $"{Sql.Name(c.Name)}::DOUBLE AS {DoubleName(c.Name)}");
        var tally = terms.Count == 0 ? "[]::UBIGINT[]" : sources.Functions.Tally(plan.Counters, terms, [.. words.Select((_, i) => $"w_{i}")]);

        var sql = new StringBuilder("SELECT org, month, unnest([").AppendJoin(", ", Measures.Select(m => Sql.Text(m.Id)).Append(Sql.Text(DerivedMeasure.Rows))).Append("]) AS measure,\n");
        sql.Append("unnest(list_select(c, [").AppendJoin(", ", Measures.Select((m, i) => Checked(m, i)).Append(Rows)).Append("]))::BIGINT AS checked,\n");
        sql.Append("(unnest(list_select(c, [").AppendJoin(", ", Measures.Select((m, i) => m.Item is null ? failed.TryGetValue(i, out var c) ? Bits(c) : None : Rows).Append(None));
        sql.Append("])) - unnest(list_select(c, [").AppendJoin(", ", Measures.Select(m => m.Item is { } item ? Values(item.Name) : None).Append(None)).Append("])))::BIGINT AS failed\n");
        sql.Append("FROM (SELECT org, month, list_concat([0, count(*)").AppendJoin("", counted.Select(c => $", count({Sql.Name(c)})")).Append($"]::UBIGINT[], {tally}) AS c");
        sql.Append("\nFROM (SELECT *").AppendJoin("", words.Select((word, i) => $",\n{word.Sql(sources.Functions)} AS w_{i}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", looked.Select(k => $",\n{k}"));
        sql.Append("\nFROM (SELECT *").AppendJoin("", named.Concat(numbers).Select(a => $",\n{a}"));
        return sql.Append("\nFROM ").Append(Base(sources)).Append(") AS t) AS t) AS t GROUP BY org, month)").ToString();

        int Values(string name) => Rows + 1 + counted.IndexOf(name);
        int Bits(int counter) => Rows + 1 + counted.Count + counter;

        // Rows that the measure was asked of: those with a value where it is about one.
        int Checked(Measure measure, int number)
        {
            if (asked.TryGetValue(number, out var counter)) return Bits(counter);
            var name = measure.Check is { Item: { } item, Kind: not CheckKind.Required } && _shape.ColumnOf(item.Name) == item.Name ? item.Name : null;
            return name is not null ? Values(name) : measure.Id is DerivedMeasure.Unmapped ? None : Rows;
        }
    }

    /// <summary>The rows with institution, month, and what measures ask beside the items.</summary>
    private string Base(QualitySources sources)
    {
        var (columns, joins) = ("", "");
        if (AsksPerson) (columns, joins) = (", p.birth AS p_birth, p.sex AS p_sex, date_sub('year', p.birth, t._time::DATE) AS p_age", $" LEFT JOIN {sources.Persons} AS p ON p.subject = t._subject");
        if (_words.Contains(MeasureWords.Loaded)) (columns, joins) = ($"{columns}, b.committed AS p_loaded", $"{joins} LEFT JOIN {sources.Batches} AS b ON b.number = t._batch");
        return $"(SELECT t.*, coalesce(t._org, '') AS org, {Month("t")} AS month{columns} FROM {sources.Rows} AS t{joins}) AS t";
    }

    /// <summary>Which rows a measure that looks elsewhere is asked of. A row that has not the values by which another is found is not asked.</summary>
    private string Asked(QualityMeasure measure, QualitySources sources)
    {
        var conditions = new List<string>();
        if (measure.Where is { } where) conditions.Add($"({Condition(where, sources)})");
        conditions.AddRange(((measure.Exists ?? measure.Beside)?.On.Keys ?? measure.Unique).Select(item => $"t.{Column(_shape, item)} IS NOT NULL"));
        if (measure.Beside is { } link) conditions.Add(Exists(link, sources));
        return string.Join(" AND ", conditions);
    }

    /// <summary>That a row which is asked is not good.</summary>
    private string Bad(QualityMeasure measure, QualitySources sources)
    {
        if (measure.Exists is { } link) return $"NOT {Exists(link, sources)}";
        if (measure.Beside is not { } beside) return Repeated(measure, sources);
        var good = RuleExpression.Parse(measure.Holds!).Value;
        var other = _others[beside.DataSet];
        string Word(string word) => word.StartsWith(MeasureWords.Other, StringComparison.Ordinal) ? $"o.{Column(other, word[MeasureWords.Other.Length..])}" : Value(word);
        string InSet(string item, string set) => $"CASE WHEN {Word(item)} IS NOT NULL THEN NOT ({sources.Sets.NotIn(Word(item), set)}) END";
        return Exists(beside, sources, $" AND coalesce({QualityCondition.Guarded(good.ToOpposite(Word, InSet), good.CanFail)}, false)");
    }

    /// <param name="where">What else is so of the other record and the row, as the rest of a condition.</param>
    private string Exists(RecordLink link, QualitySources sources, string where = "")
    {
        if (sources.RowsOf(link.DataSet) is not { } others) return "false";
        var other = _others[link.DataSet];
        var on = string.Concat(link.On.Select(o => $" AND o.{Column(other, o.Value)} = t.{Column(_shape, o.Key)}"));
        var near = link.Days is { } days ? $" AND o._time BETWEEN t._time - INTERVAL {days} DAY AND t._time + INTERVAL {days} DAY" : "";
        
        // A person is one across institutions; every other number is an institution's own.
        var place = link.On.Keys.Any(i => _shape.DataSet.Find(i) == _shape.DataSet.Subject) ? "true" : "o._org = t._org";
        return $"EXISTS (SELECT 1 FROM {others} AS o WHERE {place}{on}{near}{where})";
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
        return QualityCondition.Guarded(expression.ToTruth(Value, InSet(sources)), expression.CanFail);
    }

    private Func<string, string, string> InSet(QualitySources sources) =>
        (item, set) => $"CASE WHEN {Value(item)} IS NOT NULL THEN NOT ({sources.Sets.NotIn(Value(item), set)}) END";

    private string Value(string word) => word switch
    {
        _ when _shape.DataSet.Find(word) is not null => $"t.{Column(_shape, word)}",
        MeasureWords.Event => "t._time",
        MeasureWords.Loaded => "t.p_loaded",
        _ when !AsksPerson => Nobody,
        MeasureWords.Age => "t.p_age",
        MeasureWords.Sex => "t.p_sex",
        _ => "t.p_birth",
    };

    /// <summary>The local patient number is in the vault; in the lake the subject stands in its place.</summary>
    private static string Column(TableShape shape, string item) =>
        shape.ColumnOf(item) is { } column ? Sql.Name(column) : SystemColumns.Subject;

    private static string Month(string row) => $"date_trunc('month', {row}._time::DATE)::DATE";

    private static bool IsNumber(Column column) => column is { OfSystem: false, Item: not null, SqlType: "INTEGER" or "DOUBLE" };

    private static string DoubleName(string column) => Sql.Name("d of " + column);

    /// <summary>SQL of a number as DOUBLE: of a whole number always the same, else only where it is compared with what is DOUBLE too.</summary>
    private string? AsDouble(string value, bool exact) =>
        _shape.Columns.FirstOrDefault(c => IsNumber(c) && $"t.{Sql.Name(c.Name)}" == value) is { } column && (exact || column.SqlType == "DOUBLE") ? DoubleName(column.Name) : null;
}
