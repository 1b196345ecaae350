using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>
/// A transaction in which rows of a committed batch leave the quarantine. They become rows of that batch, as if they had been accepted when
/// it was loaded: its counts follow, and taking it back takes them too. Used by one thread at a time.
/// </summary>
public sealed class DuckDbRelease : WritingTransaction
{
    /// <summary>Temporary table of the rows in quarantine that were found again in the file: <c>ordinal</c>, <c>place</c> (position in the file).</summary>
    public const string Pairs = "release_pairs";

    /// <summary>Temporary table of rows judged again: the columns of the data set, and their position as <see cref="CheckingSql.RecordNumber"/>.</summary>
    public const string Judged = "release_judged";

    /// <summary>
    /// Temporary table of records that gave no row and give some now: <c>ordinal</c> in the quarantine, <c>data_set</c>, <c>version</c> of it, and
    /// <c>n</c>, how many rows.
    /// </summary>
    public const string Given = "release_given";

    /// <summary>Temporary table of the rows in quarantine that stand for what such records give: <c>ordinal</c>.</summary>
    public const string Admitted = "release_admitted";

    private readonly List<(TableShape Shape, IReadOnlyList<string?> Organisations)> _released = [];
    private readonly BatchEntry _batch;
    private readonly string _registry;
    private readonly string? _note;
    private bool _tablesChanged;

    internal DuckDbRelease(DuckDbLake lake, LoadingConnection loading, BatchEntry batch, string registry, string? note)
        : base(lake, loading)
    {
        var connection = loading.Connection;
        (_batch, _registry, _note) = (batch, registry, note);
        connection.Execute("BEGIN TRANSACTION");
        Change = ChangedDays.Next(connection);
        NextBatch = new Ledger(connection).NextNumber();
    }

    /// <inheritdoc/>
    public override int Number => _batch.Number;

    /// <summary>The number that the next batch will have: under it the vault notes what is torn by a crash.</summary>
    public int NextBatch { get; }

    // No batch has the number 0: the rows that leave the quarantine are changed with all others.
    private protected override BatchRange Own => new(0);

    private protected override long Change { get; }

    /// <summary>The time to note, UTC.</summary>
    public DateTime Now => Lake.Time.GetUtcNow().UtcDateTime;

    /// <summary>True when the lake has a table of the data set.</summary>
    public bool Holds(TableShape shape) => new PhysicalCatalog(Connection).Columns(shape) is not null;

    /// <summary>True when versions of the data set have been superseded.</summary>
    public bool HasHistory(TableShape shape) => new PhysicalCatalog(Connection).HistoryColumns(shape) is not null;

    /// <summary>
    /// Puts the rows that the records of <see cref="Given"/> give now into the quarantine in place of the records, to be judged like all others.
    /// A record that gave no row counted as one; now its rows count, so that accepted and quarantined are still received.
    /// </summary>
    public void Admit(CancellationToken cancellation = default)
    {
        const string Records = $"SELECT DISTINCT ordinal FROM temp.{Given}";
        ChangedDays.NoteRefused(Connection, new BatchRange(Number, 1), Change);
        Connection.Run(
            $"""
            CREATE OR REPLACE TEMP TABLE release_rows AS
            SELECT (SELECT max(ordinal) FROM ops.quarantine WHERE batch = {Number}) + row_number() OVER (ORDER BY ordinal, g.data_set, k) AS fresh, ordinal, g.data_set, version
            FROM (SELECT *, unnest(range(n)) AS k FROM temp.{Given}) g
            """,
            [],
            cancellation);
        Connection.Run(
            $"""
            INSERT INTO ops.quarantine (batch, ordinal, data_set, record_number, byte_offset, line, reasons, checks, record, "values", org, day)
            SELECT batch, fresh, r.data_set, record_number, byte_offset, line, reasons, []::UBIGINT[], NULL, NULL, org, day
            FROM ops.quarantine q JOIN temp.release_rows r ON r.ordinal = q.ordinal WHERE q.batch = {Number}
            """,
            [],
            cancellation);
        Connection.Execute($"CREATE OR REPLACE TEMP TABLE {Admitted} AS SELECT fresh AS ordinal FROM temp.release_rows");
        Connection.Execute(
            $"""
            UPDATE ops.batch_count AS c SET received = received - g.n, quarantined = quarantined - g.n
            FROM (SELECT data_set, count(*) AS n FROM ops.quarantine WHERE batch = {Number} AND ordinal IN ({Records}) GROUP BY 1) g
            WHERE c.batch = {Number} AND c.data_set IS NOT DISTINCT FROM g.data_set
            """);
        Connection.Execute(
            $"""
            INSERT INTO ops.batch_count SELECT DISTINCT {Number}, data_set, version, 0, 0, 0, 0, 0 FROM temp.release_rows r
            WHERE NOT EXISTS (FROM ops.batch_count c WHERE c.batch = {Number} AND c.data_set = r.data_set)
            """);
        Connection.Execute(
            $"""
            UPDATE ops.batch_count AS c SET received = received + g.n, quarantined = quarantined + g.n
            FROM (SELECT data_set, count(*) AS n FROM temp.release_rows GROUP BY 1) g WHERE c.batch = {Number} AND c.data_set = g.data_set
            """);
        Connection.Execute(
            $"""
            UPDATE ops.batch SET received = received + d.n, quarantined = quarantined + d.n
            FROM (SELECT (SELECT count(*) FROM temp.release_rows) - (SELECT count(*) FROM ({Records})) AS n) d WHERE number = {Number}
            """);
        Connection.Execute($"DELETE FROM ops.quarantine WHERE batch = {Number} AND ordinal IN ({Records})");
    }

    /// <summary>Takes the rows of <see cref="Judged"/> that are good now into the data set; the reasons of the others are brought up to date.</summary>
    /// <param name="columns">The columns that they have values in.</param>
    /// <param name="places">Of records that the batch has other accepted rows of: a temporary table with <c>record</c> and <c>place</c>, their positions in the file.</param>
    /// <param name="unmatched">Rows that could not be found again, for the report.</param>
    public ReleaseReport Release(TableShape shape, IReadOnlyList<Column> columns, string places, long unmatched, CancellationToken cancellation = default)
    {
        _tablesChanged |= Lake.Maker(Connection).Add(shape, columns);
        var judged = Connection.Scalar<long>($"SELECT count(*) FROM temp.{Judged}");
        var good = Connection.Scalar<long>($"SELECT count(*) FROM temp.{Judged} WHERE _rejected IS NULL");
        ChangedDays.NoteDays(
            Connection, shape,
            $"""
            SELECT day FROM ops.quarantine q JOIN temp.{Pairs} p ON p.ordinal = q.ordinal JOIN temp.{Judged} j ON j.{CheckingSql.RecordNumber} = p.place WHERE q.batch = {Number}
            UNION SELECT _time::DATE FROM temp.{Judged}
            """,
            Change);
        var current = good == 0 ? 0 : new ReleasePlacing(Connection, shape, Number, columns).Run(places, cancellation);
        if (good > 0)
        {
            _tablesChanged |= !Lake.KnowsHistory(shape);
            MovedRecords.Note(Connection, shape, $"SELECT DISTINCT _record, _subject, _org FROM temp.{Judged} WHERE _rejected IS NULL");
            ChangedDays.NoteDays(Connection, shape, ReleasePlacing.DaysOfOthers, Change);
            Lake.Known.Forget(shape.DataSet.Id);
            Connection.Execute("UPDATE ops.data_set SET sorted = false WHERE id = $1 AND sorted", shape.DataSet.Id);
        }

        UpdateQuarantine(shape, cancellation);
        UpdateLedger(shape, good);
        Connection.Execute(
            "INSERT INTO ops.release VALUES ($1, $2, $3, $4, $5, $6, $7)", Number, shape.DataSet.Id, Now, _registry, judged, good, _note);
        var organisations = Connection.Rows(r => r.IsDBNull(0) ? null : r.GetString(0), $"SELECT DISTINCT _org FROM temp.{Judged} WHERE _rejected IS NULL");
        _released.Add((shape, organisations));
        return new(Number, shape.DataSet.Id, judged, good, current, unmatched);
    }

    /// <inheritdoc/>
    public override long RepointSubjects(string table, CancellationToken cancellation = default) =>
        new SubjectRepoint(Connection, Lake.Tables, new(0), Change).Run(table, cancellation);

    /// <inheritdoc/>
    public override void Quarantine(IEnumerable<RefusedRecord> records)
    {
    }

    /// <summary>Makes the release visible and durable.</summary>
    public void Commit()
    {
        NoteMerged(_released.Select(r => r.Shape), new(Number));
        Lake.ExpectTouches();
        Lake.ExpectCommit(changes: true);
        Connection.Execute("COMMIT");
        Ended = true;
        KeepMerges();
        if (_tablesChanged) Lake.ReadCatalog();
        foreach (var (shape, organisations) in _released) Lake.Senders.Add(shape.DataSet.Id, organisations);
        Lake.ApplyTouches(Connection);
    }

    private void UpdateQuarantine(TableShape shape, CancellationToken cancellation)
    {
        var found = $"temp.{Pairs} p JOIN temp.{Judged} j ON j.{CheckingSql.RecordNumber} = p.place";
        Connection.Run($"DELETE FROM ops.quarantine WHERE batch = {Number} AND ordinal IN (SELECT p.ordinal FROM {found} WHERE j._rejected IS NULL)", [], cancellation);
        var words = string.Join(", ", Enumerable.Range(0, shape.CheckWords).Select(w => $"j.{SystemColumns.ChecksWord(w)}"));
        var today = DateOnly.FromDateTime(Now);
        Connection.Run(
            $"""
            UPDATE ops.quarantine AS q SET reasons = s.reasons, checks = s.checks, record = s.record, "values" = s.texts, org = s.org, day = s.day
            FROM (SELECT p.ordinal, {QuarantineWriter.Reasons(shape, "j.")} AS reasons, [{words}] AS checks, j._record AS record, j._rejected->'$.v' AS texts,
                    {QuarantineWriter.Org(_batch.Header.Organisation, "j.")} AS org, {QuarantineWriter.Day(shape, today, "j.", "j.")} AS day
                FROM {found} WHERE j._rejected IS NOT NULL) s
            WHERE q.batch = {Number} AND q.ordinal = s.ordinal
            """,
            [],
            cancellation);
    }

    private void UpdateLedger(TableShape shape, long good)
    {
        if (good == 0) return;
        var any = SystemColumns.AnyCheck(shape.CheckWords);
        Connection.Execute(
            $"""
            UPDATE ops.batch_count SET accepted = accepted + $3, quarantined = quarantined - $3,
                flagged = flagged + (SELECT count(*) FROM temp.{Judged} WHERE _rejected IS NULL AND ({any}))
            WHERE batch = $1 AND data_set = $2
            """,
            Number, shape.DataSet.Id, good);
        Connection.Execute("UPDATE ops.batch SET accepted = accepted + $2, quarantined = quarantined - $2 WHERE number = $1", Number, good);
        Connection.Execute(
            $"""
            CREATE OR REPLACE TEMP TABLE release_org AS
            SELECT org, sum(n)::BIGINT AS n FROM (
                SELECT org, accepted AS n FROM ops.batch_org WHERE batch = {Number} AND data_set = {SqlNames.Literal(shape.DataSet.Id)}
                UNION ALL SELECT _org, count(*) FROM temp.{Judged} WHERE _rejected IS NULL GROUP BY 1) GROUP BY 1
            """);
        Connection.Execute("DELETE FROM ops.batch_org WHERE batch = $1 AND data_set = $2", Number, shape.DataSet.Id);
        Connection.Execute("INSERT INTO ops.batch_org SELECT $1, $2, org, n FROM temp.release_org", Number, shape.DataSet.Id);
    }
}
