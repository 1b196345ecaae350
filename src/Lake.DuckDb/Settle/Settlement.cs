using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Judges the rows that a batch has appended to one data set.
/// Rows are marked, not deleted: the engine moves a transaction's own rows into the table as they were written, but writes them all
/// again at commit when one of them was deleted. A marked row (<c>_rejected</c> is set) is invisible for good and goes at the next optimize.
/// </summary>
internal sealed class Settlement(
    DuckDBConnection connection, int batch, TableShape shape, Appended appended, QuarantineWriter quarantine, long filterBytes)
{
    private readonly string _table = SqlNames.Table(shape);

    public BatchCount Run(CancellationToken cancellation)
    {
        if (appended.Rows == 0) return new(shape.DataSet.Id, shape.DataSet.Version, 0, 0, 0, 0, 0);
        var refused = quarantine.Copy(shape, appended, cancellation);
        var organisations = Organisations();
        var accepted = organisations.Sum(o => o.Accepted);
        if (accepted + refused != appended.Rows)
        {
            throw new InvalidOperationException($"{shape.DataSet.Id}: accepted {accepted} + quarantined {refused} is not received {appended.Rows}.");
        }

        var superseded = accepted == 0 ? 0 : Supersede(accepted, SeenBefore(organisations), cancellation);
        return new(shape.DataSet.Id, shape.DataSet.Version, appended.Rows, accepted, refused, superseded, organisations.Sum(o => o.Flagged));
    }

    private List<(string? Organisation, long Accepted, long Flagged)> Organisations()
    {
        var flagged = string.Join(" OR ", Enumerable.Range(0, shape.CheckWords).Select(w => $"{SystemColumns.ChecksWord(w)} <> 0"));
        var rows = connection.Rows(
            r => (Organisation: r.IsDBNull(0) ? null : r.GetString(0), Accepted: r.GetInt64(1), Flagged: r.GetInt64(2)),
            $"SELECT _org, count(*), count(*) FILTER ({flagged}) FROM {_table} WHERE _batch = {batch} AND _rejected IS NULL GROUP BY ALL");
        foreach (var row in rows)
        {
            connection.Execute("INSERT INTO ops.batch_org VALUES ($1, $2, $3, $4)", batch, shape.DataSet.Id, row.Organisation, row.Accepted);
        }

        return rows;
    }

    /// <summary>A record key holds its organisation, so only organisations that sent to this data set before can send a record again.</summary>
    private bool SeenBefore(List<(string? Organisation, long Accepted, long Flagged)> organisations)
    {
        var earlier = connection.Rows(
            r => r.IsDBNull(0) ? null : r.GetString(0),
            "SELECT DISTINCT org FROM ops.batch_org JOIN ops.batch ON batch = number WHERE data_set = $1 AND status = 'committed'",
            shape.DataSet.Id).ToHashSet();
        return organisations.Any(o => earlier.Contains(o.Organisation));
    }

    private long Supersede(long accepted, bool seenBefore, CancellationToken cancellation)
    {
        using var filter = new RecordFilter(accepted, filterBytes);
        var candidates = new Candidates(connection, batch, shape);
        if (!candidates.Find(filter, seenBefore, cancellation)) return 0;
        LakeTables.MakeHistory(shape, connection);
        return new Supersession(connection, batch, shape).Run(cancellation);
    }
}
