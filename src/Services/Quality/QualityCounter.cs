using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards;
using Yunnao.Standards.Compile;
using Yunnao.Standards.Quality;

namespace Yunnao.Services.Quality;

/// <summary>
/// Keeps the counts of all measures in step with the lake. Every batch notes the days that it changed; the months of these days are
/// counted again, and those of rows whose person or whose counterpart in another data set changed, in one transaction and with one scan a
/// data set. So running it twice, or after a crash, gives the same counts. When the measures have changed, all is counted anew.
/// </summary>
public sealed class QualityCounter
{
    private const string Persons = "quality.person";
    private const string NoDataSet = "";

    private readonly Registry _registry;
    private readonly DuckDbLake _lake;
    private readonly Dictionary<string, TableShape> _shapes;
    private readonly List<(TableShape Shape, QualitySql Sql)> _scans;

    public QualityCounter(Registry registry, IReadOnlyList<TableShape> shapes, DuckDbLake lake)
    {
        (_registry, _lake) = (registry, lake);
        _shapes = shapes.ToDictionary(s => s.DataSet.Id, StringComparer.Ordinal);
        _scans = [.. shapes.Select(s => (s, new QualitySql(s, registry.Quality, shapes)))];
    }

    /// <summary>Brings the counts up to date. Problems: <c>quality.no-measures</c>, <c>batch.open</c>, <c>lake.read-only</c>.</summary>
    public Result<QualityCountReport> Run(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        if (_registry.Quality.Dimensions.Count == 0) return new Problem(ProblemKind.NotFound, "quality.no-measures", "The registry has no folder quality/ that says what is measured.");
        if (!_lake.Derive(QualityTables.Schema).Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            var connection = derivation.Connection;
            QualityTables.Create(connection);
            var fingerprint = Fingerprint();
            var whole = derivation.Fingerprint != fingerprint;
            WriteMeasures(connection);
            Touch(derivation, whole, cancellation);
            var months = connection.Scalar<long>("SELECT count(*) FROM temp.touched");
            var (scans, counts) = (0, 0L);
            var (sets, made) = (new CodeSets(_registry), new HashSet<string>(StringComparer.Ordinal));
            foreach (var (shape, sql) in _scans.Where(s => whole || IsTouched(connection, s.Shape.DataSet.Id)))
            {
                counts += Count(derivation, shape, sql, sets, made, whole, cancellation);
                scans++;
            }

            if (whole || IsTouched(connection, NoDataSet)) counts += CountRefused(connection, NoDataSet, MeasureList.OfNoDataSet(_registry.Quality), whole, cancellation);
            derivation.Follow(fingerprint);
            derivation.Commit();
            return new QualityCountReport(whole, months, scans, counts, clock.Elapsed);
        }
    }

    /// <summary>The months to count again, in <c>touched</c>.</summary>
    private void Touch(Derivation derivation, bool whole, CancellationToken cancellation)
    {
        var connection = derivation.Connection;
        connection.Execute("CREATE OR REPLACE TEMP TABLE changed (data_set VARCHAR, day DATE)");
        connection.Execute("CREATE OR REPLACE TEMP TABLE touched (data_set VARCHAR, month DATE)");
        if (whole)
        {
            connection.Execute("DELETE FROM quality.count");
            connection.Execute("DELETE FROM quality.received");
            connection.Execute("DELETE FROM quality.person");
            GatherPersons(derivation, cancellation);
            return;
        }

        connection.Execute($"INSERT INTO temp.changed FROM {derivation.ChangedDays()}");
        connection.Execute("INSERT INTO temp.touched SELECT DISTINCT data_set, date_trunc('month', day)::DATE FROM temp.changed");
        TouchByLinks(derivation, cancellation);
        TouchByPersons(derivation, cancellation);
    }

    /// <summary>Rows whose counterpart in a data set that changed may have come or gone.</summary>
    private void TouchByLinks(Derivation derivation, CancellationToken cancellation)
    {
        foreach (var (shape, sql) in _scans)
        {
            foreach (var (other, days) in sql.Looks.Where(l => HasChanged(derivation.Connection, l.DataSet)))
            {
                if (derivation.Rows(shape) is not { } rows) continue;
                var near = days is { } span
                    ? $"""
                        SELECT DISTINCT unnest(generate_series(date_trunc('month', day - {span}), date_trunc('month', day + {span}), INTERVAL 1 MONTH))::DATE
                        FROM temp.changed WHERE data_set = {SqlNames.Literal(other)}
                        """
                    : $"SELECT DISTINCT date_trunc('month', _time::DATE)::DATE FROM {rows}";
                AddTouched(derivation.Connection, shape, near, cancellation);
            }
        }
    }

    /// <summary>Rows of persons whose birth or sex is another one now.</summary>
    private void TouchByPersons(Derivation derivation, CancellationToken cancellation)
    {
        if (_registry.Quality.Person is not { } person || !HasChanged(derivation.Connection, person.DataSet)) return;
        GatherPersons(derivation, cancellation);
        if (derivation.Connection.Scalar<long>("SELECT count(*) FROM temp.other_person") == 0) return;
        foreach (var (shape, _) in _scans.Where(s => s.Sql.AsksPerson))
        {
            if (derivation.Rows(shape) is { } rows)
                AddTouched(derivation.Connection, shape, $"SELECT DISTINCT date_trunc('month', _time::DATE)::DATE FROM {rows} WHERE _subject IN (SELECT subject FROM temp.other_person)", cancellation);
        }
    }

    /// <summary>Brings <c>quality.person</c> up to date; those that are another one now are in <c>other_person</c>.</summary>
    private void GatherPersons(Derivation derivation, CancellationToken cancellation)
    {
        var connection = derivation.Connection;
        connection.Execute("CREATE OR REPLACE TEMP TABLE now_person (subject UBIGINT, birth DATE, sex VARCHAR)");
        if (_registry.Quality.Person is { } person && _shapes.TryGetValue(person.DataSet, out var shape) && derivation.Rows(shape) is { } rows)
        {
            var (birth, sex) = (SqlNames.Quote(shape.ColumnOf(person.Birth)!), SqlNames.Quote(shape.ColumnOf(person.Sex)!));
            connection.Run(
                $"""
                INSERT INTO temp.now_person
                SELECT _subject, arg_max({birth}, _time) FILTER ({birth} IS NOT NULL), arg_max({sex}, _time) FILTER ({sex} IS NOT NULL)
                FROM {rows} WHERE _subject IS NOT NULL GROUP BY 1
                """,
                [],
                cancellation);
        }

        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE other_person AS
            SELECT DISTINCT subject FROM ((FROM temp.now_person EXCEPT FROM quality.person) UNION ALL (FROM quality.person EXCEPT FROM temp.now_person))
            """,
            [],
            cancellation);
        connection.Run("DELETE FROM quality.person WHERE subject IN (SELECT subject FROM temp.other_person)", [], cancellation);
        connection.Run("INSERT INTO quality.person FROM temp.now_person WHERE subject IN (SELECT subject FROM temp.other_person)", [], cancellation);
    }

    /// <summary>Counts the touched months of a data set again: one scan of its rows, and its rows in quarantine.</summary>
    private long Count(Derivation derivation, TableShape shape, QualitySql sql, CodeSets sets, HashSet<string> made, bool whole, CancellationToken cancellation)
    {
        var (connection, id) = (derivation.Connection, SqlNames.Literal(shape.DataSet.Id));
        if (!whole)
        {
            connection.Execute($"DELETE FROM quality.count WHERE data_set = {id} AND month IN (SELECT month FROM temp.touched WHERE data_set = {id})");
            connection.Execute($"DELETE FROM quality.received WHERE data_set = {id} AND month IN (SELECT month FROM temp.touched WHERE data_set = {id})");
        }

        connection.Execute("CREATE OR REPLACE TEMP TABLE found (org VARCHAR, month DATE, measure VARCHAR, checked BIGINT, failed BIGINT)");
        if (derivation.Rows(shape) is { } all)
        {
            var rows = whole ? all : Touched(all, shape.DataSet.Id);
            var select = sql.Build(new(rows, Persons, "ops.batch", other => derivation.Rows(_shapes[other]), check => derivation.Failed(shape, check), sets, derivation.Functions));
            foreach (var (name, create) in sets.Types.Where(t => !made.Contains(t.Key)))
            {
                connection.Execute(create);
                made.Add(name);
            }

            connection.Run($"INSERT INTO temp.found {select}", [], cancellation);
            if (derivation.RepeatedRows(shape) is { } repeated) AddRepeated(connection, whole ? repeated : Touched(repeated, shape.DataSet.Id), cancellation);
        }

        return CountRefused(connection, shape.DataSet.Id, sql.Measures, whole, cancellation);
    }

    private static void AddRepeated(DuckDBConnection connection, string rows, CancellationToken cancellation) => connection.Run(
        $"""
        INSERT INTO temp.found SELECT coalesce(_org, ''), date_trunc('month', _time::DATE)::DATE, '{DerivedMeasure.Repeated}', count(*), count(*) FROM {rows} GROUP BY ALL
        """,
        [],
        cancellation);

    /// <summary>Adds the rows in quarantine to what was found: each counts as checked and failed for every reason that it has.</summary>
    private static long CountRefused(DuckDBConnection connection, string dataSet, IReadOnlyList<Measure> measures, bool whole, CancellationToken cancellation)
    {
        if (dataSet == NoDataSet) connection.Execute("CREATE OR REPLACE TEMP TABLE found (org VARCHAR, month DATE, measure VARCHAR, checked BIGINT, failed BIGINT)");
        var id = SqlNames.Literal(dataSet);
        var known = measures.Count == 0 ? "NULL" : string.Join(", ", measures.Select(m => SqlNames.Literal(m.Id)));
        var touched = whole ? "" : $" AND date_trunc('month', day) IN (SELECT month FROM temp.touched WHERE data_set = {id})";
        connection.Run(
            $"""
            CREATE OR REPLACE TEMP TABLE refused AS
            SELECT coalesce(org, '') AS org, date_trunc('month', day)::DATE AS month, reasons FROM ops.quarantine
            WHERE coalesce(data_set, '') = {id} AND day IS NOT NULL{touched}
            """,
            [],
            cancellation);
        connection.Run(
            $"""
            INSERT INTO temp.found
            SELECT org, month, CASE WHEN reason IN ({known}) THEN reason WHEN starts_with(reason, 'mapping.') THEN '{DerivedMeasure.Unmapped}' ELSE '{DerivedMeasure.Unreadable}' END AS measure,
                count(*), count(*)
            FROM (SELECT org, month, unnest(reasons) AS reason FROM temp.refused) GROUP BY ALL
            """,
            [],
            cancellation);
        connection.Run(
            $"""
            INSERT INTO quality.received
            SELECT {id}, org, month, sum(accepted), sum(refused) FROM (
                SELECT org, month, checked AS accepted, 0 AS refused FROM temp.found WHERE measure = '{DerivedMeasure.Rows}'
                UNION ALL SELECT org, month, 0, count(*) FROM temp.refused GROUP BY ALL)
            GROUP BY ALL ORDER BY ALL
            """,
            [],
            cancellation);
        return connection.Run(
            $"""
            INSERT INTO quality.count SELECT {id}, org, month, measure, sum(checked), sum(failed) FROM temp.found
            WHERE checked > 0 AND measure IN ({known}) GROUP BY ALL ORDER BY ALL
            """,
            [],
            cancellation);
    }

    /// <summary>What each measure counts for. Written anew each time: a weight is not something to count for.</summary>
    private void WriteMeasures(DuckDBConnection connection)
    {
        connection.Execute("DELETE FROM quality.measure");
        var dimensions = _registry.Quality.Dimensions.ToDictionary(d => d.Id, d => d.Weight, StringComparer.Ordinal);
        using var appender = connection.CreateAppender("quality", "measure");
        var all = _scans.Select(s => (s.Shape.DataSet.Id, s.Sql.Measures)).Append((NoDataSet, MeasureList.OfNoDataSet(_registry.Quality)));
        foreach (var (dataSet, measures) in all)
        {
            foreach (var measure in measures)
            {
                appender.CreateRow().AppendValue(dataSet).AppendValue(measure.Id).AppendValue(measure.Counts.Dimension).AppendValue(measure.Counts.Weight)
                    .AppendValue(dimensions.GetValueOrDefault(measure.Counts.Dimension)).AppendValue(_registry.Quality.DataSets.GetValueOrDefault(dataSet, 1)).EndRow();
            }
        }
    }

    private static void AddTouched(DuckDBConnection connection, TableShape shape, string months, CancellationToken cancellation)
    {
        var id = SqlNames.Literal(shape.DataSet.Id);
        connection.Run($"INSERT INTO temp.touched SELECT {id}, * FROM ({months}) EXCEPT FROM temp.touched", [], cancellation);
    }

    private static string Touched(string rows, string dataSet)
    {
        var months = $"(SELECT month FROM temp.touched WHERE data_set = {SqlNames.Literal(dataSet)})";
        return $"""
            (SELECT * FROM {rows} WHERE _time >= (SELECT min(month) FROM {months}) AND _time < (SELECT max(month) FROM {months}) + INTERVAL 1 MONTH
                AND date_trunc('month', _time::DATE) IN {months})
            """;
    }

    private static bool IsTouched(DuckDBConnection connection, string dataSet) =>
        connection.Scalar<long>("SELECT count(*) FROM temp.touched WHERE data_set = $1", dataSet) > 0;

    private static bool HasChanged(DuckDBConnection connection, string dataSet) =>
        connection.Scalar<long>("SELECT count(*) FROM temp.changed WHERE data_set = $1", dataSet) > 0;

    /// <summary>What the counts depend on beside the rows.</summary>
    private string Fingerprint()
    {
        var text = new StringBuilder().Append(_registry.Quality.Person);
        foreach (var (_, sql) in _scans)
            text.Append(sql.Build(new("r", "p", "b", other => other, check => check.Reason, new CodeSets(_registry), ScanFunctions.Described))).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
