using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Judges the rows that a batch has appended to one data set.
/// The batch's own rows are not changed here; why is said at <see cref="Touches"/>.
/// </summary>
internal sealed class Settlement(
    DuckDBConnection connection, int batch, TableShape shape, QuarantineWriter quarantine, KnownRecords known, KnownSenders senders, long filterBytes)
{
    /// <summary>The institutions whose rows were accepted, to be learned when the batch is committed.</summary>
    public IReadOnlyList<string?> Organisations { get; private set; } = [];

    /// <param name="appended">What was appended, to know each row's position.</param>
    public BatchCount Run(Appended appended, CancellationToken cancellation)
    {
        var tally = Tally.Of(connection, shape, batch);
        if (tally.Refused > 0) quarantine.Copy(shape, appended, cancellation);
        if (tally.Accepted + tally.Refused != appended.Rows)
        {
            throw new InvalidOperationException(
                $"{shape.DataSet.Id}: accepted {tally.Accepted} + quarantined {tally.Refused} is not received {appended.Rows}.");
        }

        var superseded = tally.Accepted == 0 ? 0 : Supersede(tally, cancellation);
        tally.Write(connection, shape, batch);
        Organisations = tally.Organisations;
        if (tally.Accepted > 0) connection.Execute("UPDATE ops.data_set SET sorted = false WHERE id = $1 AND sorted", shape.DataSet.Id);
        return new(shape.DataSet.Id, shape.DataSet.Version, appended.Rows, tally.Accepted, tally.Refused, superseded, tally.Flagged);
    }

    private long Supersede(Tally tally, CancellationToken cancellation)
    {
        var seenBefore = senders.Any(connection, shape.DataSet.Id, tally.Organisations);
        var candidates = new Candidates(connection, batch, shape, seenBefore, filterBytes);
        var found = known.Take(connection, shape, batch, tally.Accepted, seenBefore) is { } filter
            ? candidates.Find(filter, cancellation)
            : candidates.Find(tally.Accepted, cancellation);
        if (!found) return 0;
        return new Supersession(connection, batch, shape).Run(LakeTables.MakeHistory(shape, connection), cancellation);
    }
}
