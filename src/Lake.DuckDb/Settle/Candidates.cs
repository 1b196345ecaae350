using System.Globalization;
using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Finds the rows of records that have more than one version now, in memory that does not grow with the table: a filter over the
/// keys leaves few candidates, among the batch's own rows and among the earlier ones, and only these are compared exactly.
/// The result is in temporary tables: <c>settle_again</c> (record), and <c>settle_rows</c> (id, record, mine, version, batch) with all visible
/// rows of those records and some of others.
/// </summary>
internal sealed class Candidates(DuckDBConnection connection, BatchRange batches, TableShape shape, bool seenBefore, long filterBytes)
{
    private const string RowsTable = "CREATE OR REPLACE TEMP TABLE settle_rows (id BIGINT, record UHUGEINT, mine BOOLEAN, version INTEGER, batch INTEGER)";

    private readonly string _table = SqlNames.Table(shape);

    private const string AgainTable = "CREATE OR REPLACE TEMP TABLE settle_again (record UHUGEINT)";
    private const int KeysAtOnce = 2048;

    /// <summary>True when temporary tables were made.</summary>
    public bool MadeTables { get; private set; }

    /// <summary>With a filter that holds the keys of all earlier rows; the batch's keys are added to it. False when nothing is found.</summary>
    public bool Find(RecordFilter known, CancellationToken cancellation)
    {
        Make(AgainTable, cancellation);
        var again = Again(known, cancellation);
        return again > 0 && Compared(again, cancellation);
    }

    /// <summary>The same for rows that the appends gave back: as long as all of them are new the engine is not asked.</summary>
    public bool Find(RecordFilter known, List<AppendedRow> rows, CancellationToken cancellation)
    {
        var keys = rows.Where(r => r is { Good: true, Record: not null }).Select(r => r.Record!.Value).ToArray();
        var perhaps = new bool[keys.Length];
        for (var from = 0; from < keys.Length; from += KeysAtOnce)
        {
            var count = Math.Min(KeysAtOnce, keys.Length - from);
            known.Add(keys.AsSpan(from, count), perhaps.AsSpan(from, count));
        }

        var again = keys.Where((_, i) => perhaps[i]).ToList();
        if (again.Count == 0) return false;
        Make(AgainTable, cancellation);
        connection.Run($"INSERT INTO temp.settle_again SELECT unnest([{string.Join(", ", again.Select(k => $"'{k.ToString(CultureInfo.InvariantCulture)}'"))}])::UHUGEINT", [], cancellation);
        return Compared(again.Count, cancellation);
    }

    /// <summary>Holds the records of <c>settle_again</c> against all rows.</summary>
    private bool Compared(long again, CancellationToken cancellation)
    {
        Make(RowsTable, cancellation);
        if (!seenBefore) return Compare(cancellation);
        using var filter = new RecordFilter(again, RecordFilter.Frugal, filterBytes);
        for (var slice = 0; slice < filter.Slices; slice++)
        {
            filter.Begin(slice);
            using var lent = new LentFilter(filter);
            connection.Scalar<long>($"SELECT count(*) FROM temp.settle_again WHERE settle_add({lent.Sql}, record)");
            Earlier(filter, cancellation);
        }

        return Compare(cancellation);
    }

    /// <summary>Without such a filter: one is made of the batch's keys and held against the earlier rows. False when nothing is found.</summary>
    public bool Find(long accepted, CancellationToken cancellation)
    {
        Make(AgainTable, cancellation);
        Make(RowsTable, cancellation);
        using var filter = new RecordFilter(accepted, RecordFilter.Frugal, filterBytes);
        var found = 0L;
        for (var slice = 0; slice < filter.Slices; slice++)
        {
            filter.Begin(slice);
            found += Again(filter, cancellation) + (seenBefore ? Earlier(filter, cancellation) : 0);
        }

        return found > 0 && Compare(cancellation);
    }

    private void Make(string table, CancellationToken cancellation)
    {
        connection.Run(table, [], cancellation);
        MadeTables = true;
    }

    private long Again(RecordFilter filter, CancellationToken cancellation)
    {
        using var lent = new LentFilter(filter);
        return connection.Run(
            $"INSERT INTO temp.settle_again SELECT _record FROM {_table} WHERE {batches.Holds()} AND _rejected IS NULL AND settle_add({lent.Sql}, _record)",
            [],
            cancellation);
    }

    private long Earlier(RecordFilter filter, CancellationToken cancellation)
    {
        using var lent = new LentFilter(filter);
        return connection.Run(
            $"""
            INSERT INTO temp.settle_rows SELECT rowid, _record, false, _version, _batch FROM {_table}
            WHERE {batches.Lacks()} AND _rejected IS NULL AND settle_has({lent.Sql}, _record)
            """,
            [],
            cancellation);
    }

    private bool Compare(CancellationToken cancellation)
    {
        connection.Run(
            $"""
            INSERT INTO temp.settle_rows SELECT rowid, _record, true, _version, _batch FROM {_table}
            WHERE {batches.Holds()} AND _rejected IS NULL
                AND _record IN (SELECT record FROM temp.settle_again UNION ALL SELECT record FROM temp.settle_rows)
            """,
            [],
            cancellation);
        connection.Run(
            """
            CREATE OR REPLACE TEMP TABLE settle_again AS
            SELECT record FROM temp.settle_rows GROUP BY record HAVING count(*) > 1 AND bool_or(mine)
            """,
            [],
            cancellation);
        return connection.Scalar<long>("SELECT count(*) FROM temp.settle_again") > 0;
    }
}
