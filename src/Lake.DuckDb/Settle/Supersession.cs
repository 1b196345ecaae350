using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Of the records in the temporary table <c>settle_again</c>, whose rows are in <c>settle_rows</c>: numbers the versions that the batch
/// brought, in the order they came, and copies every version but the last to history. Earlier rows are deleted at once; what has to
/// change in the batch's own rows is noted for <see cref="Touches"/>.
/// </summary>
internal sealed class Supersession(DuckDBConnection connection, int batch, TableShape shape)
{
    private readonly string _table = SqlNames.Table(shape);

    /// <summary>Returns how many versions went to history.</summary>
    /// <param name="columns">The columns of the table and of its history.</param>
    public long Run(IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        // A transaction's own rows have greater row ids than all others, so the order of row ids is the order of sending.
        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE settle_moves AS
            SELECT id, mine, id < max(id) OVER record AS superseded,
                coalesce(max(CASE WHEN NOT mine THEN version END) OVER record, 0) + count(CASE WHEN mine THEN 1 END) OVER (record ORDER BY id) AS version
            FROM temp.settle_rows WHERE record IN (SELECT record FROM temp.settle_again)
            WINDOW record AS (PARTITION BY record)
            """,
            [],
            cancellation);
        var values = string.Join(", ", columns.Select(c => c == SystemColumns.Version ? "m.version" : $"t.{SqlNames.Quote(c)}"));
        var moved = connection.Run(
            $"""
            INSERT INTO {SqlNames.History(shape)} ({SqlNames.List(columns)}, _superseded_by)
            SELECT {values}, {batch} FROM {_table} t JOIN temp.settle_moves m ON t.rowid = m.id WHERE m.superseded
            """,
            [],
            cancellation);
        connection.Run(
            $"DELETE FROM {_table} WHERE rowid IN (SELECT id FROM temp.settle_moves WHERE superseded AND NOT mine)", [], cancellation);
        connection.Run(
            $"""
            INSERT INTO ops.touch SELECT $1, {batch}, id - {Appended.FirstRowId}, version, superseded FROM temp.settle_moves
            WHERE mine AND (superseded OR version > 1)
            """,
            [shape.DataSet.Id],
            cancellation);
        return moved;
    }
}
