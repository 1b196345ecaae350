using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Shelves;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Upkeep;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Upkeep;

/// <summary>
/// Clusters the data sets that changed: each table is written anew in the order of subject and time, without the rows that are
/// invisible anyway, and takes the old one's place in the same transaction. The rows of one subject are then in one or two blocks. Then
/// they are put on the shelf (<see cref="ShelfFolder"/>), of every data set that has none.
/// </summary>
/// <param name="shelves">Null for a lake without shelves.</param>
internal sealed class Optimizer(DuckDBConnection connection, LakeTables tables, ShelfFolder? shelves, TimeProvider time)
{
    private readonly PhysicalCatalog _catalog = new(connection);

    public List<OptimizeReport> Run(CancellationToken cancellation)
    {
        var changed = connection.Rows(r => r.GetString(0), "SELECT id FROM ops.data_set WHERE NOT sorted ORDER BY id");
        var reports = new List<OptimizeReport>();
        foreach (var shape in changed.Select(tables.Find).OfType<TableShape>())
        {
            var started = time.GetTimestamp();
            var rows = Sort(shape, cancellation);

            FreeBlocks(cancellation);
            Shelve(shape, isNew: true, cancellation);
            reports.Add(new(shape.DataSet.Id, rows, time.GetElapsedTime(started)));
        }

        foreach (var shape in tables.Shapes.Where(s => !changed.Contains(s.DataSet.Id)))
        {
            var started = time.GetTimestamp();
            if (Shelve(shape, isNew: false, cancellation)) reports.Add(new(shape.DataSet.Id, connection.Scalar<long>($"SELECT count(*) FROM {SqlNames.Table(shape)}"), time.GetElapsedTime(started)));
        }

        return reports;
    }

    /// <summary>The blocks of the old table are free for the next one only after a checkpoint. The engine makes none while others are at work; it will be made later.</summary>
    private void FreeBlocks(CancellationToken cancellation)
    {
        try
        {
            connection.Run("CHECKPOINT", [], cancellation);
        }
        catch (DuckDBException e) when (e.Message.Contains("Cannot CHECKPOINT", StringComparison.Ordinal))
        {
        }
    }

    /// <summary>True when a shelf was written.</summary>
    private bool Shelve(TableShape shape, bool isNew, CancellationToken cancellation)
    {
        if (shelves is null || ShelfLayout.ColumnsOf(shape, _catalog.Columns(shape)) is not { } columns) return false;
        return (isNew || !shelves.Has(connection, shape, columns)) && shelves.Write(connection, shape, columns, cancellation);
    }

    private long Sort(TableShape shape, CancellationToken cancellation)
    {
        var table = SqlNames.Table(shape);
        var sorted = $"{SqlNames.Quote(shape.Schema)}.{SqlNames.Quote(shape.Table + " sorted")}";
        using var transaction = connection.BeginTransaction();
        connection.Run(
            $"CREATE TABLE {sorted} AS SELECT * FROM {table} WHERE _rejected IS NULL ORDER BY _subject, _time, _record", [], cancellation);
        var rows = connection.Scalar<long>($"SELECT count(*) FROM {sorted}");
        connection.Execute($"DROP TABLE {table}");
        connection.Execute($"ALTER TABLE {sorted} RENAME TO {SqlNames.Quote(shape.Table)}");
        connection.Execute("UPDATE ops.data_set SET sorted = true WHERE id = $1", shape.DataSet.Id);

        // Should the process die before the new shelf is there, the next time it is missed.
        ShelfFolder.Forget(connection, shape);
        transaction.Commit();
        return rows;
    }
}
