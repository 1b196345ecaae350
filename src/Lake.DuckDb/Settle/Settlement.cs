using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Judges the rows that the batches of a transaction have appended to one data set.
/// Their own rows are not changed here; why is said at <see cref="Touches"/>.
/// </summary>
internal sealed class Settlement(
    DuckDBConnection connection, BatchRange batches, TableShape shape, QuarantineWriter quarantine, KnownRecords known, KnownSenders senders, long filterBytes)
{
    /// <summary>The institutions whose rows were accepted, to be learned when the transaction is committed.</summary>
    public IReadOnlyList<string?> Organisations { get; private set; } = [];

    /// <summary>Accepted rows by batch and institution.</summary>
    public IReadOnlyList<(int Batch, string? Organisation, long Rows)> Senders { get; private set; } = [];

    /// <summary>True when temporary tables were made.</summary>
    public bool MadeTables { get; private set; }

    /// <param name="appended">What was appended, to know each row's position.</param>
    /// <returns>The counts of each batch that brought rows.</returns>
    public IReadOnlyList<(int Batch, BatchCount Count)> Run(Appended appended, CancellationToken cancellation)
    {
        var tally = appended.Returned is { } returned ? Tally.Of(returned) : Tally.Of(connection, shape, batches);
        var refused = tally.Refused.Values.Sum();
        if (refused > 0) quarantine.Copy(shape, appended, batches, tally.Refused, cancellation);
        if (tally.Accepted + refused != appended.Rows)
        {
            throw new InvalidOperationException(
                $"{shape.DataSet.Id}: accepted {tally.Accepted} + quarantined {refused} is not received {appended.Rows}.");
        }

        var superseded = tally.Accepted == 0 ? [] : Supersede(tally, appended.Returned, cancellation);
        (Organisations, Senders) = (tally.Organisations, [.. tally.Senders]);
        var accepted = tally.ByBatch();
        return [.. accepted.Keys.Union(tally.Refused.Keys).Order().Select(b =>
        {
            var (good, flagged) = accepted.GetValueOrDefault(b);
            var bad = tally.Refused.GetValueOrDefault(b);
            return (b, new BatchCount(shape.DataSet.Id, shape.DataSet.Version, good + bad, good, bad, superseded.GetValueOrDefault(b), flagged));
        })];
    }

    private Dictionary<int, long> Supersede(Tally tally, List<AppendedRow>? rows, CancellationToken cancellation)
    {
        var seenBefore = senders.Any(connection, shape.DataSet.Id, tally.Organisations);
        var candidates = new Candidates(connection, batches, shape, seenBefore, filterBytes);
        var found = known.Take(connection, shape, batches, tally.Accepted, seenBefore) is { } filter
            ? rows is null ? candidates.Find(filter, cancellation) : candidates.Find(filter, rows, cancellation)
            : candidates.Find(tally.Accepted, cancellation);
        MadeTables = candidates.MadeTables;
        if (!found) return [];
        return new Supersession(connection, batches, shape).Run(LakeTables.MakeHistory(shape, connection), cancellation);
    }
}
