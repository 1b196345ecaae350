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
internal sealed class Supersession(DuckDBConnection connection, BatchRange batches, TableShape shape)
{
    private readonly string _table = SqlNames.Table(shape);

    /// <summary>Returns how many versions went to history because of each batch: a version is superseded by the batch of the next one.</summary>
    /// <param name="columns">The columns of the table and of its history.</param>
    public IReadOnlyDictionary<int, long> Run(IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        // Versions follow in the order of their batches, and in a batch in that of its rows.
        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE settle_moves AS
            SELECT id, mine, batch, lead(batch) OVER record AS superseded_by,
                coalesce(max(CASE WHEN NOT mine THEN version END) OVER record, 0) + count(CASE WHEN mine THEN 1 END) OVER record AS version
            FROM temp.settle_rows WHERE record IN (SELECT record FROM temp.settle_again)
            WINDOW record AS (PARTITION BY record ORDER BY batch, id)
            """,
            [],
            cancellation);
        var values = string.Join(", ", columns.Select(c => c == SystemColumns.Version ? "m.version" : $"t.{SqlNames.Quote(c)}"));
        connection.Run(
            $"""
            INSERT INTO {SqlNames.History(shape)} ({SqlNames.List(columns)}, _superseded_by)
            SELECT {values}, m.superseded_by FROM {_table} t JOIN temp.settle_moves m ON t.rowid = m.id WHERE m.superseded_by IS NOT NULL
            """,
            [],
            cancellation);
        connection.Run(
            $"DELETE FROM {_table} WHERE rowid IN (SELECT id FROM temp.settle_moves WHERE superseded_by IS NOT NULL AND NOT mine)", [], cancellation);
        connection.Run(
            $"""
            INSERT INTO ops.touch SELECT $1, m.batch, m.id - f.first, m.version, m.superseded_by IS NOT NULL
            FROM temp.settle_moves m JOIN (SELECT _batch, min(rowid) AS first FROM {_table} WHERE {batches.Mine} GROUP BY 1) f ON f._batch = m.batch
            WHERE m.mine AND (m.superseded_by IS NOT NULL OR m.version > 1)
            """,
            [shape.DataSet.Id],
            cancellation);
        return connection.Rows(
            r => (r.GetInt32(0), r.GetInt64(1)), "SELECT superseded_by, count(*) FROM temp.settle_moves WHERE superseded_by IS NOT NULL GROUP BY 1").ToDictionary(c => c.Item1, c => c.Item2);
    }
}
