using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Moves every version but the last of the records in the temporary table <c>settle_keys</c> to history, and numbers the versions that
/// the batch brought.
/// </summary>
internal sealed class Supersession(DuckDBConnection connection, int batch, TableShape shape)
{
    private readonly string _table = SqlNames.Table(shape);

    /// <summary>Returns how many versions went to history.</summary>
    public long Run(CancellationToken cancellation)
    {
        connection.Execute("DROP TABLE IF EXISTS temp.settle_rows", [], cancellation);
        connection.Execute(
            $"""
            CREATE TEMP TABLE settle_rows AS
            SELECT rowid AS id, rowid >= {Appended.FirstRowId} AS mine,
                coalesce(max(CASE WHEN rowid < {Appended.FirstRowId} THEN _version END) OVER record, 0)
                    + count(CASE WHEN rowid >= {Appended.FirstRowId} THEN 1 END) OVER (record ORDER BY rowid) AS version,
                rowid < max(rowid) OVER record AS superseded
            FROM {_table} WHERE _rejected IS NULL AND _record IN (SELECT record FROM temp.settle_keys)
            WINDOW record AS (PARTITION BY _record)
            """,
            [],
            cancellation);
        connection.Execute(
            $"UPDATE {_table} SET _version = r.version FROM temp.settle_rows r WHERE {_table}.rowid = r.id AND r.mine AND r.version > 1", [], cancellation);
        var moved = connection.Execute(
            $"""
            INSERT INTO {SqlNames.History(shape)} ({SqlNames.Columns(shape)}, _superseded_by)
            SELECT {SqlNames.Columns(shape, "t")}, {batch} FROM {_table} t JOIN temp.settle_rows r ON t.rowid = r.id WHERE r.superseded
            """,
            [],
            cancellation);
        connection.Execute($"DELETE FROM {_table} WHERE rowid IN (SELECT id FROM temp.settle_rows WHERE superseded AND NOT mine)", [], cancellation);
        connection.Execute(
            $"UPDATE {_table} SET _rejected = 'superseded' WHERE rowid IN (SELECT id FROM temp.settle_rows WHERE superseded AND mine)", [], cancellation);
        return moved;
    }
}
