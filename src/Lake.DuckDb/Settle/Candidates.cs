using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Finds the rows of records that have more than one version now, in memory that does not grow with the table: a filter over the
/// batch's keys leaves few candidates, among the batch's own rows and among the earlier ones, and only these are compared exactly.
/// </summary>
internal sealed class Candidates(DuckDBConnection connection, int batch, TableShape shape)
{
    private readonly string _table = SqlNames.Table(shape);

    /// <summary>
    /// Fills the temporary table <c>settle_rows</c> (id, record, mine, version) with every visible row of those records; false when there are none.
    /// </summary>
    public bool Find(RecordFilter filter, bool seenBefore, CancellationToken cancellation)
    {
        connection.Execute(
            """
            CREATE OR REPLACE TEMP TABLE settle_again (record UHUGEINT);
            CREATE OR REPLACE TEMP TABLE settle_rows (id BIGINT, record UHUGEINT, mine BOOLEAN, version INTEGER);
            """,
            [],
            cancellation);
        var id = RecordFilterFunctions.Lend(filter);
        try
        {
            var found = 0L;
            for (var slice = 0; slice < filter.Slices; slice++)
            {
                filter.Begin(slice);
                found += Again(id, cancellation) + (seenBefore ? Earlier(id, cancellation) : 0);
            }

            return found > 0 && Compare(cancellation);
        }
        finally
        {
            RecordFilterFunctions.Return(id);
        }
    }

    private long Again(ulong filter, CancellationToken cancellation) => connection.Execute(
        $"""
        INSERT INTO temp.settle_again SELECT _record FROM {_table}
        WHERE _batch = {batch} AND _rejected IS NULL AND settle_add({filter}::UBIGINT, _record)
        """,
        [],
        cancellation);

    private long Earlier(ulong filter, CancellationToken cancellation) => connection.Execute(
        $"""
        INSERT INTO temp.settle_rows SELECT rowid, _record, false, _version FROM {_table}
        WHERE _batch <> {batch} AND _rejected IS NULL AND settle_has({filter}::UBIGINT, _record)
        """,
        [],
        cancellation);

    private bool Compare(CancellationToken cancellation)
    {
        connection.Execute(
            $"""
            INSERT INTO temp.settle_rows SELECT rowid, _record, true, _version FROM {_table}
            WHERE _batch = {batch} AND _rejected IS NULL
                AND _record IN (SELECT record FROM temp.settle_again UNION ALL SELECT record FROM temp.settle_rows)
            """,
            [],
            cancellation);
        connection.Execute(
            """
            CREATE OR REPLACE TEMP TABLE settle_again AS
            SELECT record FROM temp.settle_rows GROUP BY record HAVING count(*) > 1 AND bool_or(mine)
            """,
            [],
            cancellation);
        return connection.Scalar<long>("SELECT count(*) FROM temp.settle_again") > 0;
    }
}
