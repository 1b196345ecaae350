using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// A batch in the embedded engine: one transaction on its own connection. Temporary tables and functions that the loading needs are
/// made on <see cref="WritingTransaction.Connection"/>. Used by one thread at a time.
/// </summary>
public sealed class DuckDbBatch : WritingTransaction, ILakeBatch
{
    private readonly BatchHeader _header;
    private readonly DateTimeOffset _started;
    private readonly Ledger _ledger;
    private readonly QuarantineWriter _quarantine;
    private readonly Dictionary<string, Appended> _appended = [];
    private readonly List<BatchCount> _counts = [];
    private readonly List<(TableShape Shape, bool Refused, IReadOnlyList<string?> Organisations)> _settled = [];
    private readonly long _change;
    private bool _columnsAdded;

    internal DuckDbBatch(DuckDbLake lake, DuckDBConnection connection, BatchHeader header)
        : base(lake, connection)
    {
        _header = header;
        _started = lake.Time.GetUtcNow();
        connection.Execute("BEGIN TRANSACTION");
        _ledger = new Ledger(connection);
        Number = _ledger.NextNumber();
        _quarantine = new QuarantineWriter(connection, Number, header.Organisation, DateOnly.FromDateTime(_started.UtcDateTime));
        _change = ChangedDays.Next(connection);
    }

    /// <inheritdoc cref="ILakeBatch.Number"/>
    public override int Number { get; }

    /// <summary>
    /// Adds the rows of a SELECT to a data set's table, in its order. The SELECT yields <paramref name="columns"/>, among them all of the
    /// system, in the order of <see cref="TableShape.Columns"/>; a column that the table lacks is made. <c>_batch</c> is <see cref="Number"/>, <c>_version</c> 1. <c>_rejected</c> is NULL for a good row,
    /// else JSON: <c>{"n":record number or null,"o":byte offset or null,"l":line or null,"v":{item:text}}</c>.
    /// The reasons follow from the bit set. Where <c>n</c> is absent the record number is the row's position in this append, from 1.
    /// </summary>
    /// <returns>Rows added, refused ones included.</returns>
    public long Append(TableShape shape, IReadOnlyList<Column> columns, string selectSql, CancellationToken cancellation = default)
    {
        _columnsAdded |= Lake.Maker(Connection).Add(shape, columns);
        var rows = Connection.Run($"INSERT INTO {SqlNames.Table(shape)} ({SqlNames.List(columns.Select(c => c.Name))}) {selectSql}", [], cancellation);
        if (!_appended.TryGetValue(shape.DataSet.Id, out var appended)) _appended[shape.DataSet.Id] = appended = new();
        appended.Add(rows);
        return rows;
    }

    /// <inheritdoc/>
    public BatchCount Settle(TableShape shape, CancellationToken cancellation = default)
    {
        var count = new BatchCount(shape.DataSet.Id, shape.DataSet.Version, 0, 0, 0, 0, 0);
        if (_appended.Remove(shape.DataSet.Id, out var appended) && appended.Rows > 0)
        {
            var settlement = new Settlement(Connection, Number, shape, _quarantine, Lake.Known, Lake.Senders, Lake.FilterBytes);
            count = settlement.Run(appended, cancellation);
            if (count.Accepted > 0) ChangedDays.NoteBatch(Connection, shape, count.Superseded > 0, Number, _change);
            _settled.Add((shape, count.Quarantined > 0, settlement.Organisations));
        }

        _counts.Add(count);
        return count;
    }

    /// <inheritdoc/>
    public override long RepointSubjects(string table, CancellationToken cancellation = default) =>
        new SubjectRepoint(Connection, Lake.Tables, Number, _change).Run(table, cancellation);

    /// <inheritdoc/>
    public override void Quarantine(IEnumerable<RefusedRecord> records) => _quarantine.Refuse(records);

    /// <inheritdoc/>
    public BatchEntry Commit()
    {
        if (_appended.Count > 0) throw new InvalidOperationException($"{_appended.Keys.First()} was appended to and not settled.");
        var entry = Preview();
        ChangedDays.NoteRefused(Connection, Number, _change);
        _ledger.Write(entry);
        Connection.Execute("COMMIT");
        Ended = true;
        if (_columnsAdded) Lake.ReadCatalog();
        TidyUp();
        return entry;
    }

    /// <summary>What <see cref="Commit"/> would write into the ledger now.</summary>
    public BatchEntry Preview() =>
        new(Number, _header, _started, Lake.Time.GetUtcNow(), BatchStatus.Committed, LedgerCounts.Merge(_counts, _quarantine.Refused));

    // The batch is committed: what follows changes nothing that anybody sees, and is done at the next opening if it fails here.
    private void TidyUp()
    {
        foreach (var (shape, _, organisations) in _settled) Lake.Senders.Add(shape.DataSet.Id, organisations);

        // In this order: the positions that Touches knows count the refused rows.
        Touches.Apply(Connection, Lake.Tables);
        foreach (var (shape, refused, _) in _settled)
        {
            if (refused) Touches.Sweep(Connection, shape, Number);
        }
    }
}
