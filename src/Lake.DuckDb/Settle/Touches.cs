using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// What is still to be changed in rows that are committed. The engine takes a transaction's own rows over as they were written, but when
/// one of them was changed or deleted before the commit it writes all of them once more. So a batch only notes in <c>ops.touch</c>, in
/// its own transaction, which of its rows are superseded, which carry a version other than 1, and that some are of a merged person; right after the commit, or at the next
/// opening if the process died between, the rows themselves are changed. Until then queries read through <see cref="Through"/>.
/// </summary>
internal static class Touches
{
    /// <summary>Rows among which refused ones are deleted in one transaction: a quarter of a gigabyte of the engine's memory.</summary>
    private const long SweptAtOnce = 16_000_000;

    private const string AnyTouch = "SELECT 1 FROM ops.touch LIMIT 1";

    /// <summary>True when committed rows are still to be changed, as the connection's transaction sees it.</summary>
    public static bool Pending(DuckDBConnection connection) => connection.Scalar<long>($"SELECT count(*) FROM ({AnyTouch})") > 0;

    /// <inheritdoc cref="Pending(DuckDBConnection)"/>
    public static bool Pending(ReadingConnection connection) => connection.Run(AnyTouch);

    /// <summary>SQL of a data set's table as it will be when its rows are changed.</summary>
    public static string Through(TableShape shape)
    {
        var (table, id) = (SqlNames.Table(shape), SqlNames.Literal(shape.DataSet.Id));
        return $"""
            (SELECT r.* REPLACE (coalesce(c.version, r._version) AS _version, coalesce(m.new, r._subject) AS _subject) FROM {table} r LEFT JOIN
                (SELECT batch, version, superseded, position + (SELECT min(rowid) FROM {table} WHERE _batch = batch) AS id
                 FROM ops.touch WHERE data_set = {id} AND position >= 0) c ON r.rowid = c.id
                LEFT JOIN ops.subject_merge m ON r._subject = m.old WHERE c.superseded IS NOT TRUE)
            """;
    }

    /// <summary>Changes the rows, in one transaction. Does nothing when nothing is noted.</summary>
    public static void Apply(DuckDBConnection connection, LakeTables tables)
    {
        if (!Pending(connection)) return;
        using var transaction = connection.BeginTransaction();
        var catalog = new PhysicalCatalog(connection);
        foreach (var (dataSet, first, last, merged) in connection.Rows(
            r => (r.GetString(0), r.GetInt32(1), r.GetInt32(2), r.GetBoolean(3)), $"SELECT data_set, min(batch), max(batch), bool_or(position = {SubjectMerges.AllRows}) FROM ops.touch GROUP BY 1"))
        {
            var shape = tables.Find(dataSet) ?? throw new InvalidOperationException($"{dataSet} is not in the registry any more.");
            var batches = new BatchRange(first, last - first + 1);
            Apply(connection, shape, batches);
            if (merged) SubjectMerges.Apply(connection, shape, batches, catalog.HistoryColumns(shape) is not null);
        }

        connection.Execute("DELETE FROM ops.touch");
        transaction.Commit();
    }

    /// <summary>
    /// Deletes the refused rows of batches, which are in quarantine; they are invisible also without that. Of many rows it is done in pieces: the
    /// engine keeps 16 bytes for each row beside one that is deleted, until a checkpoint.
    /// </summary>
    /// <param name="rows">Rows of the batches, with the refused ones.</param>
    /// <param name="atOnce">Rows of a piece.</param>
    public static void Sweep(DuckDBConnection connection, TableShape shape, BatchRange batches, long rows, long atOnce = SweptAtOnce)
    {
        var table = SqlNames.Table(shape);
        var refused = $"DELETE FROM {table} WHERE {batches.Holds()} AND _rejected IS NOT NULL";
        if (rows <= atOnce)
        {
            connection.Execute(refused);
            return;
        }

        // From the end: a checkpoint may close the gaps, and then the rows behind them move.
        var (first, end) = connection.Rows(r => (r.GetInt64(0), r.GetInt64(1) + 1), $"SELECT min(rowid), max(rowid) FROM {table} WHERE {batches.Holds()}")[0];
        for (; end > first; end -= atOnce)
        {
            connection.Execute($"{refused} AND rowid < {end}{(end - atOnce > first ? $" AND rowid >= {end - atOnce}" : "")}");
            connection.Execute("CHECKPOINT");
        }
    }

    private static void Apply(DuckDBConnection connection, TableShape shape, BatchRange batches)
    {
        var table = SqlNames.Table(shape);
        connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE settle_touches AS
            SELECT position + first AS id, version, superseded FROM ops.touch
            JOIN (SELECT _batch, min(rowid) AS first FROM {table} WHERE {batches.Holds()} GROUP BY 1) ON _batch = batch WHERE data_set = $1 AND position >= 0
            """,
            shape.DataSet.Id);
        connection.Execute($"UPDATE {table} AS t SET _version = c.version FROM temp.settle_touches c WHERE {batches.Holds("t._batch")} AND t.rowid = c.id AND NOT c.superseded");
        connection.Execute($"DELETE FROM {table} WHERE {batches.Holds()} AND rowid IN (SELECT id FROM temp.settle_touches WHERE superseded)");
        connection.Execute("DROP TABLE temp.settle_touches");
    }
}
