using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// A batch in the embedded engine, or a group of batches that are committed together: one transaction on its own connection. Temporary tables
/// and functions that the loading needs are made on <see cref="WritingTransaction.Connection"/>. Used by one thread at a time.
/// </summary>
public sealed class DuckDbBatch : WritingTransaction, ILakeBatch
{
    private readonly List<BatchHeader> _headers = [];
    private readonly DateTimeOffset _started;
    private readonly Ledger _ledger;
    private readonly QuarantineWriter _quarantine;
    private readonly bool _small;
    private readonly Dictionary<string, Appended> _appended = [];
    private readonly Dictionary<int, List<BatchCount>> _counts = [];
    private readonly List<(TableShape Shape, long Rows, bool Refused, IReadOnlyList<string?> Organisations)> _settled = [];
    private readonly Dictionary<string, List<AppendedRow>> _returned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<int>> _days = new(StringComparer.Ordinal);
    private readonly List<(int Batch, string DataSet, string? Organisation, long Rows)> _senders = [];
    private bool _tablesChanged, _madeTables, _changes;

    internal DuckDbBatch(DuckDbLake lake, LoadingConnection loading, bool small = false)
        : base(lake, loading)
    {
        var connection = loading.Connection;
        (_small, _started) = (small, lake.Time.GetUtcNow());
        if (!small)
        {
            connection.Execute("SET enable_progress_bar = true");
            connection.Execute("SET enable_progress_bar_print = false");
        }

        connection.Execute("BEGIN TRANSACTION");
        _ledger = new Ledger(connection);
        Number = _ledger.NextNumber();
        _quarantine = new QuarantineWriter(connection, DateOnly.FromDateTime(_started.UtcDateTime));
        Change = ChangedDays.Next(connection);

        // Until the rows are appended, all is over staging tables.
        if (small) loading.Optimise(false);
    }

    /// <summary>Number of the batch; of a group, of the first one.</summary>
    public override int Number { get; }

    /// <summary>The time to note, UTC.</summary>
    public DateTimeOffset Now => _started;

    /// <summary>The part of the statement now running that is done, 0–1, as far as the engine knows; 0 where it does not. For any thread.</summary>
    public double Progress => Math.Clamp(Connection.GetQueryProgress().Percentage / 100, 0, 1);

    private BatchRange Batches => new(Number, _headers.Count);

    private protected override BatchRange Own => Batches;

    private protected override long Change { get; }

    /// <summary>
    /// Takes another batch, of the same mapping and institution, into the transaction and gives its number: the first has <see cref="Number"/>,
    /// the others follow it.
    /// </summary>
    public int Add(BatchHeader header)
    {
        var number = Number + _headers.Count;
        _headers.Add(header);
        _counts.Add(number, []);
        _quarantine.Organisation = header.Organisation;
        return number;
    }

    /// <summary>
    /// Adds the rows of a SELECT to a data set's table, in its order. The SELECT yields <paramref name="columns"/>, among them all of the
    /// system, in the order of <see cref="TableShape.Columns"/>; a column that the table lacks is made. <c>_batch</c> is the number of the row's batch, <c>_version</c> 1. <c>_rejected</c> is NULL for a good row,
    /// else JSON: <c>{"n":record number or null,"o":byte offset or null,"l":line or null,"v":{item:text}}</c>.
    /// The reasons follow from the bit set. Where <c>n</c> is absent the record number is the row's position in this append, from 1.
    /// </summary>
    /// <returns>Rows added, refused ones included.</returns>
    public long Append(TableShape shape, IReadOnlyList<Column> columns, string selectSql, CancellationToken cancellation = default)
    {
        _tablesChanged |= Lake.Maker(Connection).Add(shape, columns);
        var sql = $"INSERT INTO {SqlNames.Table(shape)} ({SqlNames.List(columns.Select(c => c.Name))}) {selectSql}";
        if (!_appended.TryGetValue(shape.DataSet.Id, out var appended)) _appended[shape.DataSet.Id] = appended = new();
        var before = appended.Rows;
        if (_small) appended.Add(AppendingStatement.Run(Loading.Prepare(AppendingStatement.Returning(shape, sql))));
        else appended.Add(Connection.Run(sql, [], cancellation));
        return appended.Rows - before;
    }

    /// <summary>An empty temporary table for rows of text of all batches of the group.</summary>
    /// <param name="name">With the same name goes the same use: of a small group the table is kept for the next one.</param>
    public TextTable Staging(string name, IReadOnlyList<string> columns) => _small ? Loading.Staging(name, columns) : TextTable.Create(Connection, name, columns, batched: true);

    /// <summary>The rows of a data set that a small group has appended, in their order, once it is settled; null where they were not given back.</summary>
    public IReadOnlyList<AppendedRow>? Returned(TableShape shape) => _returned.GetValueOrDefault(shape.DataSet.Id);

    /// <summary>True when anything was refused so far.</summary>
    public bool AnyRefused => _quarantine.Refused.Count > 0 || _settled.Exists(s => s.Refused);

    /// <summary>True when records that are settled have more than one version now.</summary>
    public bool AnySuperseded => _counts.Values.Any(c => c.Exists(d => d.Superseded > 0));

    /// <summary>
    /// Runs long statements that read nothing but staging tables. Of a small group they are planned as they are written: optimising one takes longer than
    /// its few rows, and the plan holds for the next group.
    /// </summary>
    public T OverStaged<T>(Func<T> statements)
    {
        if (!_small) return statements();

        // A statement that fails ends the transaction, and with it the connection.
        var optimised = Loading.Optimises;
        Loading.Optimise(false);
        var result = statements();
        Loading.Optimise(optimised);
        return result;
    }

    /// <inheritdoc/>
    /// <returns>Of a group, the counts of all its batches together.</returns>
    public BatchCount Settle(TableShape shape, CancellationToken cancellation = default)
    {
        var total = new BatchCount(shape.DataSet.Id, shape.DataSet.Version, 0, 0, 0, 0, 0);
        Loading.Optimise(true);
        if (!_appended.Remove(shape.DataSet.Id, out var appended) || appended.Rows == 0)
        {
            if (_headers.Count == 1) _counts[Number].Add(total);
            return total;
        }

        var settlement = new Settlement(Connection, Batches, shape, _quarantine, Lake.Known, Lake.Senders, Lake.FilterBytes);
        foreach (var (batch, count) in settlement.Run(appended, cancellation))
        {
            _counts[batch].Add(count);
            total = total with
            {
                Received = total.Received + count.Received, Accepted = total.Accepted + count.Accepted, Quarantined = total.Quarantined + count.Quarantined,
                Superseded = total.Superseded + count.Superseded, Flagged = total.Flagged + count.Flagged,
            };
        }

        _madeTables |= settlement.MadeTables;
        _senders.AddRange(settlement.Senders.Select(s => (s.Batch, shape.DataSet.Id, s.Organisation, s.Rows)));
        _tablesChanged |= total.Superseded > 0 && !Lake.KnowsHistory(shape);
        if (appended.Returned is { } rows) _returned[shape.DataSet.Id] = rows;
        if (total.Accepted > 0 && (appended.Returned is null || total.Superseded > 0)) ChangedDays.NoteBatch(Connection, shape, total.Superseded > 0, Batches, Change);
        else if (total.Accepted > 0) _days[shape.DataSet.Id] = [.. appended.Returned!.Where(r => r is { Good: true, Day: not null }).Select(r => r.Day!.Value)];
        _settled.Add((shape, appended.Rows, total.Quarantined > 0, settlement.Organisations));
        return total;
    }

    /// <inheritdoc/>
    public override long RepointSubjects(string table, CancellationToken cancellation = default)
    {
        _changes = true;
        return new SubjectRepoint(Connection, Lake.Tables, Batches, Change).Run(table, cancellation);
    }

    /// <inheritdoc/>
    public override void Quarantine(IEnumerable<RefusedRecord> records) => _quarantine.Refuse(Number, records);

    /// <summary>Adds records of one batch of a group that gave no row to its quarantine.</summary>
    public void Quarantine(int batch, IEnumerable<RefusedRecord> records) => _quarantine.Refuse(batch, records);

    /// <inheritdoc/>
    public BatchEntry Commit() => CommitAll()[0];

    /// <summary>Makes all batches of the group visible and durable at once; on return they survive a crash.</summary>
    public IReadOnlyList<BatchEntry> CommitAll()
    {
        if (_appended.Count > 0) throw new InvalidOperationException($"{_appended.Keys.First()} was appended to and not settled.");
        var entries = Entries();
        Loading.Optimise(true);
        if (AnyRefused) ChangedDays.NoteRefused(Connection, Batches, Change);
        NoteUnsorted(entries);
        NoteMerged(_settled.Select(s => s.Shape), Batches);
        OverStaged(() => Write(entries));
        var touches = AnySuperseded || AnyMerged || MergesChanged || Lake.MayHaveTouches;
        if (touches) Lake.ExpectTouches();
        Lake.ExpectCommit(changes: _changes || MergesChanged || entries.Any(e => e.Superseded > 0));
        Connection.Execute("COMMIT");
        Ended = true;
        KeepMerges();
        if (_tablesChanged) Lake.ReadCatalog();
        Kept = TidyUp(touches) && _small;
        if (Kept) Loading.Settle(altered: _tablesChanged || _madeTables || touches);
        return entries;
    }

    /// <summary>What is written as it is; the engine plans that, too.</summary>
    private int Write(IReadOnlyList<BatchEntry> entries)
    {
        if (_days.Count > 0) ChangedDays.NoteKnown(Connection, _days, Change);
        _ledger.Write(entries);
        _ledger.Write(_senders);
        return _small ? Loading.EmptyStaging() : 0;
    }

    private void NoteUnsorted(IReadOnlyList<BatchEntry> entries)
    {
        var grown = entries.SelectMany(e => e.Counts).Where(c => c is { Accepted: > 0, DataSet: not null }).Select(c => SqlNames.Literal(c.DataSet!)).Distinct().ToList();
        if (grown.Count > 0) Connection.Execute($"UPDATE ops.data_set SET sorted = false WHERE sorted AND id IN ({string.Join(", ", grown)})");
    }

    /// <summary>What <see cref="Commit"/> would write into the ledger now.</summary>
    public BatchEntry Preview() => Entries()[0];

    private IReadOnlyList<BatchEntry> Entries()
    {
        var refused = _quarantine.Refused.ToLookup(r => r.Key.Batch, r => KeyValuePair.Create(r.Key.DataSet, r.Value));
        var now = Lake.Time.GetUtcNow();
        return [.. _headers.Select((h, i) => new BatchEntry(Number + i, h, _started, now, BatchStatus.Committed, LedgerCounts.Merge(_counts[Number + i], refused[Number + i])))];
    }

    // The batches are committed: what follows changes nothing that anybody sees. What fails here, for want of memory or disk, must not be told as a load that failed: touches are
    // applied at the next opening, and optimising leaves the refused rows out.
    private bool TidyUp(bool touches)
    {
        foreach (var (shape, _, _, organisations) in _settled) Lake.Senders.Add(shape.DataSet.Id, organisations);
        try
        {
            // In this order: the positions that Touches knows count the refused rows.
            if (touches) Lake.ApplyTouches(Connection);
            foreach (var (shape, rows, refused, _) in _settled)
                if (refused) Touches.Sweep(Connection, shape, Batches, rows);
            return true;
        }
        catch (DuckDBException)
        {
            return false;
        }
    }
}
