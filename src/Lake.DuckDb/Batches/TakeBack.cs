using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Takes one batch K out again. Where K's version of a record is current, it goes and the version that K superseded is current again.
/// Where a later batch N superseded K's version, that goes from history and the version before it is now superseded by N.
/// </summary>
internal sealed class TakeBack(DuckDBConnection connection, LakeTables tables, int batch)
{
    public Result<IReadOnlyList<TakeBackReport>> Run(DateTimeOffset now, CancellationToken cancellation)
    {
        Touches.Apply(connection, tables);
        using var transaction = connection.BeginTransaction();
        var catalog = new PhysicalCatalog(connection);
        var change = ChangedDays.Next(connection);
        var reports = new List<TakeBackReport>();
        foreach (var dataSet in connection.Rows(
            r => r.GetString(0), "SELECT data_set FROM ops.batch_count WHERE batch = $1 AND accepted > 0 ORDER BY data_set", batch))
        {
            var shape = tables.Find(dataSet) ?? throw new InvalidOperationException($"{dataSet} is not in the registry any more.");
            var history = catalog.HistoryColumns(shape)?.Keys.Where(c => c != "_superseded_by").ToList();
            ChangedDays.NoteBatch(connection, shape, history is not null, new(batch), change);
            reports.Add(Run(shape, history, cancellation));
        }

        ChangedDays.NoteRefused(connection, new(batch), change);
        connection.Execute("DELETE FROM ops.quarantine WHERE batch = $1", batch);
        connection.Execute("DELETE FROM ops.subject_row WHERE batch = $1", batch);
        connection.Execute("UPDATE ops.batch SET status = 'taken-back', taken_back = $2 WHERE number = $1", batch, now.UtcDateTime);
        transaction.Commit();
        return reports;
    }

    private TakeBackReport Run(TableShape shape, List<string>? history, CancellationToken cancellation)
    {
        var table = SqlNames.Table(shape);
        var (removed, restored) = history is null ? (0, 0) : FromHistory(shape, SqlNames.List(history), cancellation);
        removed += connection.Run($"DELETE FROM {table} WHERE _batch = {batch} AND _rejected IS NULL", [], cancellation);
        connection.Run($"DELETE FROM {table} WHERE _batch = {batch}", [], cancellation);
        if (restored > 0) connection.Execute("UPDATE ops.data_set SET sorted = false WHERE id = $1 AND sorted", shape.DataSet.Id);
        return new(shape.DataSet.Id, removed, restored);
    }

    private (long Removed, long Restored) FromHistory(TableShape shape, string columns, CancellationToken cancellation)
    {
        var (table, history) = (SqlNames.Table(shape), SqlNames.History(shape));
        var before = $"_superseded_by = {batch} AND _batch <> {batch}";
        var current = $"_record IN (SELECT _record FROM {table} WHERE _batch = {batch} AND _rejected IS NULL)";
        var restored = connection.Run(
            $"INSERT INTO {table} ({columns}) SELECT {columns} FROM {history} WHERE {before} AND {current}", [], cancellation);
        connection.Run($"DELETE FROM {history} WHERE {before} AND {current}", [], cancellation);
        connection.Run(
            $"""
            UPDATE {history} AS h SET _superseded_by = later._superseded_by
            FROM (SELECT _record, _superseded_by FROM {history} WHERE _batch = {batch} AND _superseded_by <> {batch}) AS later
            WHERE h._record = later._record AND h._superseded_by = {batch} AND h._batch <> {batch}
            """,
            [],
            cancellation);
        return (connection.Run($"DELETE FROM {history} WHERE _batch = {batch}", [], cancellation), restored);
    }
}
