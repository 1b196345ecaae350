using System.Collections.Frozen;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Consents;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Feeds;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.DuckDb.Migration;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Shelves;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.DuckDb.Upkeep;
using Yunnao.Lake.Migration;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb;

/// <summary>The embedded engine: one DuckDB file, owned by one process. All members may be called from any thread.</summary>
public sealed partial class DuckDbLake
{
    private readonly DuckDbLakeOptions _options;
    private readonly ConnectionPool _pool;
    private volatile PhysicalCatalog _catalog = null!;
    private readonly Lock _consents = new();
    private readonly TouchWatch _touches = new(), _commits = new(), _changes = new();
    private readonly Workers _workers;
    private readonly ShelfFolder _shelfFolder;
    private volatile FrozenDictionary<ulong, ulong> _survivors = FrozenDictionary<ulong, ulong>.Empty;
    private readonly MergedPersons _persons = new();

    // The data sets whose rows lie by persons; null until it is asked for.
    private volatile FrozenSet<string>? _sorted;

    // Negative until it is read.
    private long _consentsUpTo = -1;
    private bool _closed;
    private int _writing;
    private bool _writesWide;
    private LoadingConnection? _loading;
    private FileStream? _bytes;

    private DuckDbLake(DuckDbLakeOptions options, ConnectionPool pool, LakeTables tables, TimeProvider time)
    {
        (_options, _pool, Tables, Time) = (options, pool, tables, time);
        Decisions = new(_persons);
        _shelfFolder = new ShelfFolder(new DuckDbFile(options).ShelfFolder);
        Shelves = new(this, _shelfFolder, options.Redactor) { AreOff = !options.Shelves };
        Known = new KnownRecords(FilterBytes);

        // The configuration of a lake that is read by any number of processes is locked.
        _workers = new(pool, options.ReadOnly ? 1 : (int)Read(c => c.Scalar<long>("SELECT current_setting('threads')")));
        _touches.Open();
    }

    internal LakeTables Tables { get; private set; }

    internal TimeProvider Time { get; }

    /// <summary>How far the tables of feeds were pulled.</summary>
    public FeedMarks FeedMarks => new(this);

    /// <summary>What of the files that appear in a drop was dealt with.</summary>
    public DropFiles DropFiles => new(this);

    /// <summary>Merged subject → the one under which its rows are found, as it is committed.</summary>
    public FrozenDictionary<ulong, ulong> Survivors { get => _survivors; internal set => _survivors = value; }

    /// <summary>The rows of one person without the engine.</summary>
    internal Shelves.Shelves Shelves { get; }

    /// <summary>What persons decided, without the engine.</summary>
    internal KnownDecisions Decisions { get; }

    /// <summary>Reads what persons decided, beside the requests.</summary>
    internal void ReadDecisions() => _ = QuietThread.Run(() =>
    {
        lock (_consents)
        {
            if (_closed) return false;
            try
            {
                return Read(c =>
                {
                    Decisions.Read(c);
                    return true;
                });
            }
            catch (DuckDBException)
            {
                // For want of memory, or of the disk: the engine goes on joining with them.
                Decisions.Unread();
                return false;
            }
        }
    });

    /// <summary>Filters kept from batch to batch; used by the one open batch.</summary>
    internal KnownRecords Known { get; }

    /// <summary>What the scans that run found of values.</summary>
    internal ScanParts ScanParts { get; } = new();

    /// <summary>Who sent to which data set; used by the one open batch.</summary>
    internal KnownSenders Senders { get; } = new();

    /// <summary>Most memory for finding records sent again in one batch.</summary>
    internal long FilterBytes => _options.FilterBytes;

    /// <summary>
    /// Opens the lake and, unless read-only, makes its tables follow <paramref name="shapes"/>. Problems: <c>lake.busy</c> (names the
    /// process that holds it), <c>lake.none</c> (read-only and never written), <c>lake.open</c>, <c>lake.narrowed</c>.
    /// </summary>
    public static Result<DuckDbLake> Open(DuckDbLakeOptions options, IEnumerable<TableShape> shapes, TimeProvider? time = null)
    {
        if (!ConnectionPool.Open(new DuckDbFile(options)).Try(out var pool, out var problem)) return problem;
        var lake = new DuckDbLake(options, pool, new LakeTables(shapes), time ?? TimeProvider.System);
        if (lake.Read(lake.MakeReady) is not { } refused) return lake;
        lake.Dispose();
        return refused;
    }

    /// <summary>
    /// Begins a batch; one at a time. Problems: <c>batch.open</c> (another is not ended), <c>batch.already-loaded</c> (this object with this
    /// mapping is a committed batch), <c>lake.read-only</c>.
    /// </summary>
    public Result<DuckDbBatch> Begin(BatchHeader header)
    {
        if (StartWriting(changes: false) is { } refused) return refused;
        var begun = BeginAlone(header);
        if (!begun.Ok) StopWriting();
        return begun;
    }

    /// <summary>
    /// Begins to take rows of a committed batch out of quarantine. Problems: <c>batch.unknown</c>, <c>batch.already-taken-back</c>,
    /// <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    /// <param name="registry">Fingerprint of the registry whose checks are applied.</param>
    /// <param name="note">Why, for the record; or null.</param>
    public Result<DuckDbRelease> BeginRelease(int number, string registry, string? note)
    {
        if (StartWriting(changes: false) is { } refused) return refused;
        var begun = BeginReleaseAlone(number, registry, note);
        if (!begun.Ok) StopWriting();
        return begun;
    }

    /// <summary>
    /// Begins a group of batches that are committed together; nothing else is loaded meanwhile. None of its objects may be a committed batch
    /// already. Problems: <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    /// <param name="small">True for so few rows that planning the statements is most of the work, which one thread does soonest.</param>
    public Result<DuckDbBatch> BeginGroup(bool small = false)
    {
        if (StartWriting(changes: false, wide: !small) is { } refused) return refused;
        if (small && Interlocked.Exchange(ref _loading, null) is { } kept) return new DuckDbBatch(this, kept, small);
        if (_pool.Rent().Try(out var connection, out var problem)) return new DuckDbBatch(this, new(connection), small);
        StopWriting();
        return problem;
    }

    /// <summary>Number of the committed batch that loaded this object with this mapping, or null.</summary>
    public int? FindBatch(string objectId, string source) => FindBatches([objectId], source).TryGetValue(objectId, out var number) ? number : null;

    /// <summary>Numbers of the committed batches that loaded these objects with this mapping, by object id.</summary>
    public IReadOnlyDictionary<string, int> FindBatches(IReadOnlyCollection<string> objectIds, string source) => Read(c => new Ledger(c).Find(objectIds, source));

    /// <summary>A batch of the ledger. Problem: <c>batch.unknown</c>.</summary>
    public Result<BatchEntry> Batch(int number) =>
        Read(c => new Ledger(c).Read(number)) is { } entry ? entry : UnknownBatch(number);

    /// <summary>The committed batches with rows in quarantine, the oldest first.</summary>
    /// <param name="fits">Condition over <c>ops.quarantine q</c>.</param>
    public IReadOnlyList<int> QuarantinedBatches(string fits) => Read(c => c.Rows(r => r.GetInt32(0), $"SELECT DISTINCT q.batch FROM ops.quarantine q WHERE {fits} ORDER BY 1"));

    /// <summary>The newest batches that are asked for, newest first; null asks for any.</summary>
    public IReadOnlyList<BatchEntry> Batches(int limit, BatchFilter? filter = null) => Read(c => new Ledger(c).Newest(limit, filter ?? BatchFilter.All));

    /// <summary>
    /// Removes a batch's rows, makes what they superseded current again, and marks the ledger. The quarantine of the batch goes too.
    /// Problems: <c>batch.unknown</c>, <c>batch.already-taken-back</c>, <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    public Result<IReadOnlyList<TakeBackReport>> TakeBack(int number, CancellationToken cancellation = default)
    {
        if (StartWriting() is { } refused) return refused;
        try
        {
            if (!Batch(number).Try(out var entry, out var problem)) return problem;
            if (entry.Status == BatchStatus.TakenBack) return TakenBack(number);

            return Read(c =>
            {
                ApplyTouches(c);
                return new TakeBack(c, Tables, number).Run(Time.GetUtcNow(), cancellation);
            });
        }
        finally
        {
            StopWriting();
        }
    }

    /// <summary>
    /// Makes the lake follow what became of the merges of persons, in a transaction of its own; nothing is loaded meanwhile. Problems:
    /// <c>batch.open</c>, <c>lake.read-only</c>, and those of <paramref name="survivors"/>.
    /// </summary>
    /// <param name="survivors">Called when nothing else is written, and committed before this: merged subject → the one under which its rows are found.</param>
    /// <returns>Rows that changed hands.</returns>
    public Result<long> FollowMerges(Func<Result<FrozenDictionary<ulong, ulong>>> survivors, CancellationToken cancellation = default)
    {
        if (StartWriting() is { } refused) return refused;
        try
        {
            return Read(c =>
            {
                ApplyTouches(c);
                if (!survivors().Try(out var now, out var problem)) return (Result<long>)problem;
                using var transaction = c.BeginTransaction();
                var moved = new SubjectMerges(c, Tables).Follow(now, new(0), ChangedDays.Next(c), cancellation);
                transaction.Commit();
                Survivors = now;
                return moved;
            });
        }
        finally
        {
            StopWriting();
        }
    }

    /// <summary>
    /// Begins a transaction in which a service keeps tables of its own that follow from the data sets. Problems: <c>batch.open</c>,
    /// <c>lake.read-only</c>.
    /// </summary>
    /// <param name="schema">Snake_case; not a domain of the registry.</param>
    public Result<Derivation> Derive(string schema)
    {
        if (StartWriting(changes: false) is { } refused) return refused;
        if (!_pool.Rent().Try(out var connection, out var problem))
        {
            StopWriting();
            return problem;
        }

        ApplyTouches(connection);
        return new Derivation(this, connection, schema);
    }

    /// <summary>
    /// Writes all that is committed into the file and keeps it as it is until the hold is let go: queries go on, loading waits. Problems:
    /// <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    public Result<LakeHold> HoldStill(CancellationToken cancellation)
    {
        if (StartWriting(changes: false) is { } refused) return refused;
        var held = false;
        try
        {
            // Small transactions beside batches (consents) go on into the log; none of them may make the engine write the file.
            Set("SET GLOBAL checkpoint_threshold = '1TB'");
            Read(c => c.Run("CHECKPOINT", [], cancellation));

            // One handle until the lake is closed: closing any handle of a file lets go of the process's locks on it (POSIX), and so of the engine's.
            _bytes ??= new FileStream(new DuckDbFile(_options).Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _bytes.Position = 0;
            held = true;
            return new LakeHold(_bytes, Release);
        }
        finally
        {
            if (!held) Release();
        }

        void Release()
        {
            Set($"SET GLOBAL checkpoint_threshold = '{DuckDbFile.LongestLog}'");
            StopWriting();
        }

        void Set(string sql) => Read(c => c.Execute(sql));
    }

    /// <summary>Makes the SQL functions of loading known to the engine. Once a lake.</summary>
    public void RegisterFunctions(ISubjectResolver resolver) => Read(c =>
    {
        IngestFunctions.Register(c, resolver);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_consents) _closed = true;
        Known.Dispose();
        Shelves.Dispose();
        _loading?.Dispose();
        _pages.Dispose();
        _pool.Dispose();

        // Not before the engine has closed the file: see HoldStill.
        _bytes?.Dispose();
    }

    /// <summary>Makes tables on a connection that knows what the others have committed.</summary>
    internal TableMaker Maker(DuckDBConnection connection) => new(connection, _catalog);

    /// <summary>Whether answers know of the table of superseded versions; when they do not, <see cref="ReadCatalog"/> is due after the first supersession.</summary>
    internal bool KnowsHistory(TableShape shape) => _catalog.HistoryColumns(shape) is not null;

    /// <summary>After tables were made or altered.</summary>
    internal void ReadCatalog() => _catalog = Read(c => new PhysicalCatalog(c));

    /// <inheritdoc/>
    /// <remarks>A table has the columns of the system until the first rows come.</remarks>
    public bool MayHold(string dataSet) => Tables.Find(dataSet) is { } shape && _catalog.Columns(shape) is { } columns && shape.Columns.Any(c => !c.OfSystem && columns.ContainsKey(c.Name));

    /// <inheritdoc/>
    /// <remarks>Once the lake was optimized; what came since is behind them.</remarks>
    public bool LiesByPersons(string dataSet)
    {
        if (_options.ReadOnly) return false;
        var sorted = _sorted ??= Read(c => c.Rows(r => r.GetString(0), "SELECT id FROM ops.data_set WHERE sorted UNION SELECT data_set FROM ops.shelf").ToFrozenSet(StringComparer.Ordinal));
        return sorted.Contains(dataSet);
    }

    /// <inheritdoc/>
    public bool HasAtHand(string dataSet, UInt128 record) => Tables.Find(dataSet) is { } shape && Shelves.Has(shape, record);

    /// <inheritdoc/>
    public LakeStand Stand => new(Closed(_commits), Closed(_changes));

    /// <summary>
    /// Another number after each commit to data sets; null while one is under way, or rows that are committed are still to be changed. In this order: a batch opens the one watch before
    /// the other, and may leave it open.
    /// </summary>
    internal long? Quiet => Closed(_commits) is { } commits && !MayHaveTouches ? commits : null;

    /// <summary>Something is about to be committed to data sets.</summary>
    /// <param name="changes">True when rows that were there before change.</param>
    internal void ExpectCommit(bool changes)
    {
        _commits.Open();
        if (changes) _changes.Open();
    }

    private static long? Closed(TouchWatch watch) => watch.State is var state && TouchWatch.Open(state) ? null : state;

    /// <summary>A batch is about to commit rows that are still to be changed.</summary>
    internal void ExpectTouches() => _touches.Open();

    /// <summary>Whether committed rows may still have to be changed.</summary>
    internal bool MayHaveTouches => TouchWatch.Open(_touches.State);

    /// <summary>Changes the rows that batches noted; see <see cref="Touches"/>. Only by the one who writes.</summary>
    internal void ApplyTouches(DuckDBConnection connection)
    {
        Touches.Apply(connection, Tables);
        _touches.Close();
    }

    /// <summary>Keeps the connection of a small group for the next one.</summary>
    internal void Keep(LoadingConnection loading) => Interlocked.Exchange(ref _loading, loading)?.Dispose();

    internal void StopWriting()
    {
        _commits.Close();
        _changes.Close();
        var wide = _writesWide;
        if (Interlocked.Exchange(ref _writing, 0) == 1 && wide) _workers.End();
    }

    /// <summary>Work that changes data sets is done by one at a time: a record's versions have an order.</summary>
    /// <param name="changes">False where nothing is committed to data sets, or <see cref="ExpectCommit"/> is called before it.</param>
    private Problem? StartWriting(bool changes = true, bool wide = true)
    {
        if (_options.ReadOnly) return ReadOnlyProblem;
        if (Interlocked.CompareExchange(ref _writing, 1, 0) != 0) return new(ProblemKind.Busy, "batch.open", "Another batch is being loaded, or the lake is being optimized or backed up.");
        if (changes) ExpectCommit(changes);
        _writesWide = wide;
        if (wide) _workers.Begin();
        else _workers.BeforeShort();
        return null;
    }

    private static Problem ReadOnlyProblem { get; } = new(ProblemKind.Unsupported, "lake.read-only", "The lake is open for reading only.");

    private Problem? MakeReady(DuckDBConnection connection)
    {
        RegisterFunctions(connection);
        if (_options.ReadOnly)
        {
            _catalog = new PhysicalCatalog(connection);
            _survivors = SubjectMerges.Read(connection, _catalog);
            return null;
        }

        OpsTables.Create(connection);
        ConsentTable.Create(connection);
        var applied = _options.Registry is null ? null : new RegistryMemory(connection).Newest();
        if (applied is not null && applied.Fingerprint != _options.Registry!.Fingerprint && _options.Registry.Guard(applied) is { } refused) return refused;
        if (!Tables.MakeAll(connection).Try(out var catalog, out var problem)) return problem;
        (_catalog, _survivors) = (catalog, SubjectMerges.Read(connection, catalog));
        if (_options.Registry is { } stamp && stamp.Fingerprint != applied?.Fingerprint) Remember(connection, stamp);
        ApplyTouches(connection);
        return null;
    }

    /// <summary>Lakes of one process that read the same file share the engine's instance, which knows the functions then.</summary>
    private void RegisterFunctions(DuckDBConnection connection)
    {
        if (ScalarFunction.IsKnown(connection, RecordText.Name)) return;
        RecordFilterFunctions.Register(connection);
        RecordText.Register(connection);
        RecordUuid.Register(connection);
        Pseudonym.Register(connection);
        PersonsUpTo.Register(connection);
        RedactedText.Register(connection, _options.Redactor);
        VerdictFunctions.Register(connection, ScanParts.Verdicts);
        BoundFunctions.Register(connection, ScanParts.Bounds);
    }

    private void Remember(DuckDBConnection connection, RegistryStamp stamp)
    {
        using var transaction = connection.BeginTransaction();
        new RegistryMemory(connection).Write(stamp, Tables, Time.GetUtcNow());
        transaction.Commit();
    }

    private Result<DuckDbBatch> BeginAlone(BatchHeader header)
    {
        if (header.ObjectId is { } id && FindBatch(id, header.Source) is { } number)
        {
            return new Problem(ProblemKind.Conflict, "batch.already-loaded", $"This file is batch {number} already.");
        }

        if (!_pool.Rent().Try(out var connection, out var problem)) return problem;
        var batch = new DuckDbBatch(this, new(connection));
        batch.Add(header);
        return batch;
    }

    private Result<DuckDbRelease> BeginReleaseAlone(int number, string registry, string? note)
    {
        if (!Batch(number).Try(out var entry, out var problem)) return problem;
        if (entry.Status == BatchStatus.TakenBack) return TakenBack(number);
        if (!_pool.Rent().Try(out var connection, out problem)) return problem;
        ApplyTouches(connection);
        return new DuckDbRelease(this, new(connection), entry, registry, note);
    }

    private static Problem TakenBack(int number) => new(ProblemKind.Conflict, "batch.already-taken-back", $"Batch {number} has been taken back already.");

    internal T Read<T>(Func<DuckDBConnection, T> read)
    {
        var connection = _pool.Rent().Value;
        try
        {
            return read(connection);
        }
        finally
        {
            _pool.Return(connection);
        }
    }

    /// <summary>Work that reads much: it has all threads of the engine.</summary>
    private T Wide<T>(Func<T> work)
    {
        _workers.Begin();
        try
        {
            return work();
        }
        finally
        {
            _workers.End();
        }
    }

    private static Problem UnknownBatch(int number) => new(ProblemKind.NotFound, "batch.unknown", $"There is no batch {number}.");
}
