using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// Judges the rows that a batch has appended to one data set.
/// Rows are marked, not deleted: the engine moves a transaction's own rows into the table as they were written, but writes them all
/// again at commit when one of them was deleted. A marked row (<c>_rejected</c> is set) is invisible for good and goes at the next optimize.
/// </summary>
internal sealed class Settlement(
    DuckDBConnection connection, int batch, TableShape shape, Appended appended, QuarantineWriter quarantine)
{
    private readonly string _table = SqlNames.Table(shape);
    private readonly string _mine = $"rowid >= {Appended.FirstRowId} AND _rejected IS NULL";

    public BatchCount Run(CancellationToken cancellation)
    {
        var refused = appended.Rows == 0 ? 0 : quarantine.Copy(shape, appended, cancellation);
        var accepted = connection.Scalar<long>($"SELECT count(*) FROM {_table} WHERE {_mine}");
        if (accepted + refused != appended.Rows)
        {
            throw new InvalidOperationException($"{shape.DataSet.Id}: accepted {accepted} + quarantined {refused} is not received {appended.Rows}.");
        }

        var superseded = accepted == 0 ? 0 : Supersede(cancellation);
        return new(shape.DataSet.Id, shape.DataSet.Version, appended.Rows, accepted, refused, superseded, accepted == 0 ? 0 : Flagged());
    }

    private long Flagged()
    {
        var words = Enumerable.Range(0, shape.CheckWords).Select(w => $"{SystemColumns.ChecksWord(w)} <> 0");
        return connection.Scalar<long>($"SELECT count(*) FROM {_table} WHERE {_mine} AND ({string.Join(" OR ", words)})");
    }

    private long Supersede(CancellationToken cancellation)
    {
        connection.Execute("DROP TABLE IF EXISTS temp.settle_keys", [], cancellation);
        connection.Execute(
            $"""
            CREATE TEMP TABLE settle_keys AS
            SELECT _record AS record FROM {_table} WHERE _rejected IS NULL GROUP BY _record
            HAVING count(*) > 1 AND max(rowid) >= {Appended.FirstRowId}
            """,
            [],
            cancellation);
        if (connection.Scalar<long>("SELECT count(*) FROM temp.settle_keys") == 0) return 0;
        LakeTables.MakeHistory(shape, connection);
        return new Supersession(connection, batch, shape).Run(cancellation);
    }
}
