using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Gives released rows their place among the versions of their records: by batch, and within a batch by position in the file. A row that a
/// later batch has sent again meanwhile goes to history; one that is the newest sends the version before it there.
/// </summary>
internal sealed class ReleasePlacing(DuckDBConnection connection, TableShape shape, int batch, IReadOnlyList<Column> columns)
{
    private readonly string _table = SqlNames.Table(shape);
    private readonly string _history = SqlNames.History(shape);

    /// <summary>SQL of the days of versions that were moved to history.</summary>
    public const string DaysOfOthers = "SELECT day FROM temp.release_places WHERE day IS NOT NULL";

    /// <summary>Returns how many of the rows are current now.</summary>
    public long Run(string places, CancellationToken cancellation)
    {
        var catalog = new PhysicalCatalog(connection);
        var hasHistory = catalog.HistoryColumns(shape) is not null;
        Gather(hasHistory, places, cancellation);
        Order(cancellation);
        if (hasHistory || connection.Scalar<long>("SELECT count(*) FROM temp.release_places WHERE later IS NOT NULL") > 0)
        {
            var all = new TableMaker(connection, catalog).MakeHistory(shape);
            MoveOthers(all, cancellation);
            InsertInto(_history, ", _superseded_by", ", p.later", "p.later IS NOT NULL", cancellation);
        }

        CountSuperseded();
        return InsertInto(_table, "", "", "p.later IS NULL", cancellation);
    }

    /// <summary>All versions of the records in question: <c>kind</c> is new, current or history.</summary>
    private void Gather(bool hasHistory, string places, CancellationToken cancellation)
    {
        const string Keys = $"(SELECT _record FROM temp.{DuckDbRelease.Judged} WHERE _rejected IS NULL)";
        var history = hasHistory
            ? $"UNION ALL SELECT 'history', rowid, _record, _batch, _version, _superseded_by, _time::DATE FROM {_history} WHERE _record IN {Keys}"
            : "";
        connection.Run(
            $"""
            CREATE OR REPLACE TEMP TABLE release_versions AS
            SELECT 'new' AS kind, rowid AS id, _record AS record, {batch} AS batch, {CheckingSql.RecordNumber} AS place, 0 AS version, NULL::INTEGER AS before, NULL::DATE AS day
            FROM temp.{DuckDbRelease.Judged} WHERE _rejected IS NULL
            UNION ALL
            SELECT e.kind, e.id, e.record, e.batch, coalesce(f.place, 0), e.version, e.before, e.day FROM (
                SELECT *, CASE WHEN batch = {batch} THEN row_number() OVER (PARTITION BY record, batch ORDER BY version) END AS k FROM (
                    SELECT 'current' AS kind, rowid AS id, _record AS record, _batch AS batch, _version AS version, NULL::INTEGER AS before, _time::DATE AS day
                    FROM {_table} WHERE _rejected IS NULL AND _record IN {Keys} {history})) e
            LEFT JOIN (SELECT record, place, row_number() OVER (PARTITION BY record ORDER BY place) AS k FROM temp.{places}) f ON f.record = e.record AND f.k = e.k
            """,
            [],
            cancellation);
    }

    /// <summary>The new order: <c>later</c> is the batch of the version that comes next, NULL for the current one.</summary>
    private void Order(CancellationToken cancellation) => connection.Run(
        """
        CREATE OR REPLACE TEMP TABLE release_places AS
        SELECT kind, id, record, batch, version AS was_version, before AS was_later, lead(batch) OVER w AS later,
            CASE WHEN kind = 'new' THEN coalesce(max(version) OVER (w ROWS UNBOUNDED PRECEDING), 0) ELSE version END
                + count(*) FILTER (kind = 'new') OVER (w ROWS UNBOUNDED PRECEDING) AS version,
            CASE WHEN kind <> 'new' AND before IS DISTINCT FROM lead(batch) OVER w THEN day END AS day
        FROM temp.release_versions WINDOW w AS (PARTITION BY record ORDER BY batch, place, version)
        """,
        [],
        cancellation);

    /// <summary>Versions that were there: their new numbers, who superseded them, and the current ones that are history now.</summary>
    private void MoveOthers(IReadOnlyList<string> all, CancellationToken cancellation)
    {
        connection.Run(
            $"UPDATE {_history} AS h SET _version = p.version, _superseded_by = p.later FROM temp.release_places p WHERE p.kind = 'history' AND h.rowid = p.id AND (p.version <> p.was_version OR p.later <> p.was_later)",
            [],
            cancellation);
        var values = string.Join(", ", all.Select(c => c == SystemColumns.Version ? "p.version" : $"t.{SqlNames.Quote(c)}"));
        connection.Run(
            $"""
            INSERT INTO {_history} ({SqlNames.List(all)}, _superseded_by)
            SELECT {values}, p.later FROM {_table} t JOIN temp.release_places p ON p.id = t.rowid WHERE p.kind = 'current' AND p.later IS NOT NULL
            """,
            [],
            cancellation);
        connection.Run(
            $"UPDATE {_table} AS t SET _version = p.version FROM temp.release_places p WHERE p.kind = 'current' AND p.later IS NULL AND t.rowid = p.id AND p.version <> p.was_version",
            [],
            cancellation);
        connection.Run($"DELETE FROM {_table} WHERE rowid IN (SELECT id FROM temp.release_places WHERE kind = 'current' AND later IS NOT NULL)", [], cancellation);
    }

    private long InsertInto(string table, string more, string moreValues, string which, CancellationToken cancellation)
    {
        var values = string.Join(", ", columns.Select(c => c.Name == SystemColumns.Version ? "p.version" : $"j.{SqlNames.Quote(c.Name)}"));
        return connection.Run(
            $"""
            INSERT INTO {table} ({SqlNames.List(columns.Select(c => c.Name))}{more})
            SELECT {values}{moreValues} FROM temp.{DuckDbRelease.Judged} j JOIN temp.release_places p ON p.kind = 'new' AND p.id = j.rowid WHERE {which} ORDER BY j.rowid
            """,
            [],
            cancellation);
    }

    /// <summary>The ledger counts the versions that each batch sent to history.</summary>
    private void CountSuperseded()
    {
        connection.Execute(
            """
            CREATE OR REPLACE TEMP TABLE release_superseded AS
            SELECT batch, sum(n)::BIGINT AS n FROM (
                SELECT later AS batch, count(*) AS n FROM temp.release_places WHERE later IS NOT NULL GROUP BY 1
                UNION ALL SELECT was_later, -count(*) FROM temp.release_places WHERE was_later IS NOT NULL GROUP BY 1) GROUP BY 1 HAVING sum(n) <> 0
            """);
        connection.Execute(
            $"UPDATE ops.batch_count AS c SET superseded = c.superseded + s.n FROM temp.release_superseded s WHERE c.batch = s.batch AND c.data_set = {SqlNames.Literal(shape.DataSet.Id)}");
        connection.Execute("UPDATE ops.batch AS b SET superseded = b.superseded + s.n FROM temp.release_superseded s WHERE b.number = s.batch");
    }
}
