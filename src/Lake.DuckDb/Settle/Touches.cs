using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// What is still to be changed in rows that are committed. The engine takes a transaction's own rows over as they were written, but when
/// one of them was changed or deleted before the commit it writes all of them once more. So a batch only notes in <c>ops.touch</c>, in
/// its own transaction, which of its rows are superseded and which carry a version other than 1; right after the commit, or at the next
/// opening if the process died between, the rows themselves are changed. Until then queries read through <see cref="Through"/>.
/// </summary>
internal static class Touches
{
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
            (SELECT r.* REPLACE (coalesce(c.version, r._version) AS _version) FROM {table} r LEFT JOIN
                (SELECT batch, version, superseded, position + (SELECT min(rowid) FROM {table} WHERE _batch = batch) AS id
                 FROM ops.touch WHERE data_set = {id}) c ON r.rowid = c.id WHERE c.superseded IS NOT TRUE)
            """;
    }

    /// <summary>Changes the rows, in one transaction. Does nothing when nothing is noted.</summary>
    public static void Apply(DuckDBConnection connection, LakeTables tables)
    {
        if (!Pending(connection)) return;
        using var transaction = connection.BeginTransaction();
        foreach (var (dataSet, batch) in connection.Rows(r => (r.GetString(0), r.GetInt32(1)), "SELECT DISTINCT data_set, batch FROM ops.touch"))
        {
            Apply(connection, tables.Find(dataSet) ?? throw new InvalidOperationException($"{dataSet} is not in the registry any more."), batch);
        }

        connection.Execute("DELETE FROM ops.touch");
        transaction.Commit();
    }

    /// <summary>Deletes the refused rows of a batch, which are in quarantine; they are invisible also without that.</summary>
    public static void Sweep(DuckDBConnection connection, TableShape shape, int batch) =>
        connection.Execute($"DELETE FROM {SqlNames.Table(shape)} WHERE _batch = {batch} AND _rejected IS NOT NULL");

    private static void Apply(DuckDBConnection connection, TableShape shape, int batch)
    {
        var table = SqlNames.Table(shape);
        var first = connection.Scalar<long>($"SELECT min(rowid) FROM {table} WHERE _batch = {batch}");
        connection.Execute(
            $"""
            UPDATE {table} AS t SET _version = c.version FROM ops.touch c
            WHERE t._batch = {batch} AND t.rowid = c.position + {first} AND c.data_set = $1 AND c.batch = {batch} AND NOT c.superseded
            """,
            shape.DataSet.Id);
        connection.Execute(
            $"""
            DELETE FROM {table} WHERE _batch = {batch}
                AND rowid IN (SELECT position + {first} FROM ops.touch WHERE data_set = $1 AND batch = {batch} AND superseded)
            """,
            shape.DataSet.Id);
    }
}
