using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Of the records in the temporary table <c>settle_again</c>, whose rows are in <c>settle_rows</c>: numbers the versions that the batches
/// brought, in the order they came, and copies every version but the last to history. Earlier rows are deleted at once; what has to
/// change in the batches' own rows is noted for <see cref="Touches"/>.
/// </summary>
internal sealed class Supersession(DuckDBConnection connection, BatchRange batches, TableShape shape)
{
    private readonly string _table = SqlNames.Table(shape);

    /// <summary>Returns how many versions went to history because of which batch.</summary>
    /// <param name="columns">The columns of the table and of its history.</param>
    public Dictionary<int, long> Run(IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        // Batches were sent in the order of their numbers, the rows of one in the order of their row ids.
        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE settle_moves AS
            SELECT id, mine, batch, lead(batch) OVER sent AS successor,
                coalesce(max(CASE WHEN NOT mine THEN version END) OVER record, 0) + count(CASE WHEN mine THEN 1 END) OVER sent AS version
            FROM temp.settle_rows WHERE record IN (SELECT record FROM temp.settle_again)
            WINDOW record AS (PARTITION BY record), sent AS (PARTITION BY record ORDER BY mine, batch, id)
            """,
            [],
            cancellation);
        var values = string.Join(", ", columns.Select(c => c == SystemColumns.Version ? "m.version" : $"t.{SqlNames.Quote(c)}"));
        connection.Run(
            $"""
            INSERT INTO {SqlNames.History(shape)} ({SqlNames.List(columns)}, _superseded_by)
            SELECT {values}, m.successor FROM {_table} t JOIN temp.settle_moves m ON t.rowid = m.id WHERE m.successor IS NOT NULL
            """,
            [],
            cancellation);
        connection.Run(
            $"DELETE FROM {_table} WHERE rowid IN (SELECT id FROM temp.settle_moves WHERE successor IS NOT NULL AND NOT mine)", [], cancellation);
        connection.Run(
            $"""
            INSERT INTO ops.touch SELECT $1, m.batch, m.id - {FirstRow("m.batch")}, m.version, m.successor IS NOT NULL FROM temp.settle_moves m
            WHERE m.mine AND (m.successor IS NOT NULL OR m.version > 1)
            """,
            [shape.DataSet.Id],
            cancellation);
        return connection.Rows(r => (Batch: r.GetInt32(0), Rows: r.GetInt64(1)), "SELECT successor, count(*) FROM temp.settle_moves WHERE successor IS NOT NULL GROUP BY 1")
            .ToDictionary(m => m.Batch, m => m.Rows);
    }

    /// <summary>SQL of the row id of the first row that a batch brought; positions count from it, before the commit and after.</summary>
    private string FirstRow(string batch) => batches.Count == 1
        ? $"{Appended.FirstRowId}"
        : $"(SELECT f.first FROM (SELECT _batch, min(rowid) AS first FROM {_table} WHERE {batches.Holds()} GROUP BY 1) f WHERE f._batch = {batch})";
}
