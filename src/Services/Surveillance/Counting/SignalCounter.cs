using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Alarms;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Surveillance.Counting;

/// <summary>
/// Keeps the events and counts of all signals in step with the lake. Every batch notes the days that it changed; only these are looked
/// at again, in one transaction, so that running it twice, or after a crash, gives the same counts. When the rules have changed, all is
/// counted anew.
/// </summary>
public sealed class SignalCounter(Registry registry, IEnumerable<TableShape> shapes, DuckDbLake lake)
{
    private readonly List<(TableShape Shape, List<SignalRule> Rules)> _rules =
        [.. shapes.Select(s => (s, registry.Alarms.Signals.Values.Where(r => r.DataSet == s.DataSet.Id).ToList())).Where(s => s.Item2.Count > 0)];

    private readonly Dictionary<string, TableShape> _shapes = shapes.ToDictionary(s => s.DataSet.Id);
    private readonly SignalSql _sql = new(registry);

    /// <summary>Brings the counts up to date. Problems: <c>surveillance.no-rules</c>, <c>batch.open</c>, <c>lake.read-only</c>.</summary>
    public Result<CountReport> Run(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (registry.Alarms.Population is not { } population || _rules.Count == 0)
            return new Problem(ProblemKind.NotFound, "surveillance.no-rules", "The registry has no signals to count.");
        if (!lake.Derive(SurveillanceTables.Schema).Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            SurveillanceTables.Create(derivation.Connection);
            var fingerprint = Fingerprint(population);
            var whole = derivation.Fingerprint != fingerprint;
            var days = Touch(derivation, whole);
            long events = 0, cells = 0;
            if (whole || days > 0)
            {
                GatherPlaces(derivation, population, whole, cancellation);
                foreach (var (shape, rules) in _rules) events += Collect(derivation, shape, rules, whole, cancellation);
                cells = Count(derivation, population, whole, cancellation);
            }

            derivation.Follow(fingerprint);
            derivation.Commit();
            return new CountReport(whole, days, events, cells, clock.Elapsed);
        }
    }

    /// <summary>The days to look at, in <c>touched</c>; the cells to count again are gathered in <c>affected</c>.</summary>
    private long Touch(Derivation derivation, bool whole)
    {
        var connection = derivation.Connection;
        connection.Execute("CREATE OR REPLACE TEMP TABLE touched (data_set VARCHAR, day DATE)");
        connection.Execute("CREATE OR REPLACE TEMP TABLE affected (signal VARCHAR, day DATE)");
        if (whole)
        {
            connection.Execute("DELETE FROM surveillance.event");
            connection.Execute("DELETE FROM surveillance.count");
            return 0;
        }

        foreach (var (shape, _) in _rules)
            connection.Execute($"INSERT INTO temp.touched SELECT $1, day FROM {derivation.ChangedDaysOf(shape)}", shape.DataSet.Id);
        return connection.Scalar<long>("SELECT count(*) FROM temp.touched");
    }

    /// <summary>Residence and birth of the persons in question in <c>residence</c>, the places of institutions in <c>place</c>.</summary>
    private void GatherPlaces(Derivation derivation, Population population, bool whole, CancellationToken cancellation)
    {
        var (connection, persons, institutions) = (derivation.Connection, _shapes[population.Persons], _shapes[population.Institutions]);
        var subjects = whole ? null : string.Join(" UNION ", _rules
            .Where(r => r.Shape.DataSet.Subject is not null)
            .Select(r => Rows(derivation, r.Shape, whole)).OfType<string>().Select(rows => $"SELECT _subject FROM {rows}"));
        var filter = string.IsNullOrEmpty(subjects) ? "" : $"WHERE _subject IN ({subjects})";
        connection.Execute("CREATE OR REPLACE TEMP TABLE residence (subject UBIGINT, division VARCHAR, birth DATE)");
        connection.Execute("CREATE OR REPLACE TEMP TABLE place (org VARCHAR, division VARCHAR)");
        if (derivation.Rows(persons) is { } people)
        {
            var (division, birth) = (SqlNames.Quote(persons.ColumnOf(population.Residence)!), SqlNames.Quote(persons.ColumnOf(population.Birth)!));
            connection.Run(
                $"""
                INSERT INTO temp.residence
                SELECT _subject, arg_max({division}, _time) FILTER ({division} IS NOT NULL), arg_max({birth}, _time) FILTER ({birth} IS NOT NULL)
                FROM {people} {filter} GROUP BY 1
                """,
                [],
                cancellation);
        }

        if (derivation.Rows(institutions) is { } rows)
            connection.Execute($"INSERT INTO temp.place SELECT _org, arg_max({SqlNames.Quote(institutions.ColumnOf(population.Place)!)}, _time) FROM {rows} GROUP BY 1");
    }

    /// <summary>Finds the events of one data set's days again.</summary>
    private long Collect(Derivation derivation, TableShape shape, List<SignalRule> rules, bool whole, CancellationToken cancellation)
    {
        if (Rows(derivation, shape, whole) is not { } rows) return 0;
        var (connection, id) = (derivation.Connection, SqlNames.Literal(shape.DataSet.Id));
        var old = $"data_set = {id} AND seen IN (SELECT day FROM temp.touched WHERE data_set = {id})";
        if (!whole)
        {
            connection.Execute($"INSERT INTO temp.affected SELECT DISTINCT signal, seen FROM surveillance.event WHERE {old}");
            connection.Execute($"DELETE FROM surveillance.event WHERE {old}");
        }

        var found = rules.Sum(rule => connection.Run(
            $"""
            INSERT INTO surveillance.event
            SELECT signal, {id}, record, subject, org, seen, onset, region, age FROM ({_sql.Events(rule, shape, rows, "temp.residence", "temp.place")})
            """,
            [],
            cancellation));
        if (!whole) connection.Execute($"INSERT INTO temp.affected SELECT DISTINCT signal, seen FROM surveillance.event WHERE {old}");
        return found;
    }

    /// <summary>
    /// Counts the affected cells again. An event counts when its person had none of the signal in the days before; so an event that came
    /// or went also changes the days after it.
    /// </summary>
    private long Count(Derivation derivation, Population population, bool whole, CancellationToken cancellation)
    {
        var connection = derivation.Connection;
        var once = string.Join(", ", registry.Alarms.Signals.Values.Select(r => $"({SqlNames.Literal(r.Id)}, {r.Once})"));
        connection.Execute($"CREATE OR REPLACE TEMP TABLE once AS SELECT * FROM (VALUES {once}) AS v(rule, days)");
        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE recount AS
            SELECT DISTINCT signal, (day + to_days(unnest(range(0, days + 1))::INTEGER))::DATE AS day, days
            FROM temp.affected JOIN temp.once ON rule = split_part(signal, '.', 1)
            """,
            [],
            cancellation);
        connection.Run("DELETE FROM surveillance.count WHERE (signal, day) IN (SELECT (signal, day) FROM temp.recount)", [], cancellation);
        var within = whole
            ? "surveillance.event AS e"
            : """
                (SELECT e.* FROM surveillance.event e JOIN
                    (SELECT signal, (min(day) - to_days(any_value(days)))::DATE AS low, max(day) AS high FROM temp.recount GROUP BY signal) r
                    ON e.signal = r.signal AND e.seen BETWEEN r.low AND r.high)
                """;
        var bands = string.Concat(population.AgeBands.Reverse().Select(b => $" WHEN age >= {b} THEN {b}"));
        return connection.Run(
            $"""
            INSERT INTO surveillance.count
            SELECT signal, seen, region, CASE{bands} END, org, count(*)
            FROM (SELECT *, lag(seen) OVER (PARTITION BY signal, subject ORDER BY seen, record) AS before FROM {within}) JOIN temp.once ON rule = split_part(signal, '.', 1)
            WHERE (subject IS NULL OR before IS NULL OR seen - before > days)
                {(whole ? "" : "AND (signal, seen) IN (SELECT (signal, day) FROM temp.recount)")}
            GROUP BY ALL ORDER BY ALL
            """,
            [],
            cancellation);
    }

    private static string? Rows(Derivation derivation, TableShape shape, bool whole)
    {
        if (derivation.Rows(shape) is not { } rows) return null;
        var days = $"(SELECT day FROM temp.touched WHERE data_set = {SqlNames.Literal(shape.DataSet.Id)})";
        return whole
            ? rows
            : $"(SELECT * FROM {rows} WHERE _time >= (SELECT min(day) FROM {days}) AND _time < (SELECT max(day) + 1 FROM {days}) AND _time::DATE IN {days})";
    }

    /// <summary>What the counts depend on beside the rows.</summary>
    private string Fingerprint(Population population)
    {
        var text = new StringBuilder().AppendJoin(',', population.AgeBands).Append(population);
        foreach (var (shape, rules) in _rules)
            foreach (var rule in rules) text.Append(rule.Once).Append(_sql.Events(rule, shape, "r", "p", "o"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
