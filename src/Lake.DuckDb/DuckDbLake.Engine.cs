using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Consents;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.DuckDb.Queries.Text;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.DuckDb.Upkeep;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Lake.Upkeep;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb;

/// <summary>The engine contract. The engine computes on its own threads; each call takes one more for the time it runs.</summary>
public sealed partial class DuckDbLake : ILakeEngine
{
    /// <summary>Most rows of a page that is read to its end at once.</summary>
    private const long LongestPage = 10_000;

    /// <summary>Rows that one thread looks at in some ten milliseconds.</summary>
    private const long MostOfFew = 2_000_000;

    private readonly TableSizes _sizes = new();

    /// <summary>A page of one person keeps a processor busy until it is done: more of them at once only take turns, and each of them takes longer.</summary>
    private readonly SemaphoreSlim _pages = new(Environment.ProcessorCount);

    /// <inheritdoc/>
    public Task<Problem?> MakeTablesAsync(IReadOnlyList<TableShape> shapes, CancellationToken cancellation) => Task.Run(
        () =>
        {
            if (StartWriting() is { } refused) return refused;
            try
            {
                var tables = new LakeTables(shapes);
                if (!Read(tables.MakeAll).Try(out var catalog, out var problem)) return problem;
                (Tables, _catalog) = (tables, catalog);
                return null;
            }
            finally
            {
                StopWriting();
            }
        },
        cancellation);

    /// <inheritdoc/>
    public Result<ILakeBatch> BeginBatch(BatchHeader header) =>
        Begin(header).Try(out var batch, out var problem) ? (Result<ILakeBatch>)batch : problem;

    /// <inheritdoc/>
    public Task<int?> FindBatchAsync(string objectId, string source, CancellationToken cancellation) =>
        Task.Run(() => FindBatch(objectId, source), cancellation);

    /// <inheritdoc/>
    public Task<Result<BatchEntry>> BatchAsync(int number, CancellationToken cancellation) => Task.Run(() => Batch(number), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BatchEntry>> BatchesAsync(int limit, BatchFilter filter, CancellationToken cancellation) => Task.Run(() => Batches(limit, filter), cancellation);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<TakeBackReport>>> TakeBackAsync(int number, CancellationToken cancellation) =>
        Task.Run(() => TakeBack(number, cancellation), cancellation);

    /// <inheritdoc/>
    public async Task<Result<RowStream>> RunAsync(Scope scope, Query query, CancellationToken cancellation)
    {
        if (!ScopedQuery.Of(query, Tables.Find, scope).Try(out var scoped, out var problem)) return problem;
        if (Shelves.Answer(scoped, scope.Revoked) is { } shelved) return shelved;
        var ofOnePlace = OfOnePlace(scoped);
        if (!ofOnePlace && !IsOfFew(scoped) && !IsOfSomePersons(scoped)) return await Task.Run(() => Answer(_workers, scoped, scope.Revoked, cancellation), cancellation).ConfigureAwait(false);
        await _pages.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Page(scoped, ofOnePlace, scope.Revoked, cancellation), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _pages.Release();
        }
    }

    /// <inheritdoc/>
    public Task<LakeMark> MarkAsync(CancellationToken cancellation) => Task.Run(() => Read(MovedRecords.Mark), cancellation);

    /// <inheritdoc/>
    public Task<Result<RowStream>> RunSqlAsync(Scope scope, string sql, CancellationToken cancellation) => Task.Run(
        () => AnswerStream.Start(
            _pool,
            _workers,
            connection => new TextQuery(connection.Connection, Tables, scope, Survivors).Scoped(sql).Try(out var statement, out var problem)
                ? (statement, (IReadOnlyList<object?>)[])
                : problem,
            scope.Revoked,
            cancellation),
        cancellation);

    /// <inheritdoc/>
    public Task<Result<long>> ExportAsync(Scope scope, Query query, ExportTarget target, CancellationToken cancellation) =>
        ExportAsync(scope, target, connection => ScopedQuery.Of(query, Tables.Find, scope).Try(out var scoped, out var problem) ? Written(Touches.Pending(connection), scoped, uuids: target.Format == ExportFormat.Parquet) : problem, cancellation);

    /// <inheritdoc/>
    public Task<Result<long>> ExportSqlAsync(Scope scope, string sql, ExportTarget target, CancellationToken cancellation) =>
        ExportAsync(scope, target, connection => new TextQuery(connection, Tables, scope, Survivors).Scoped(sql).Try(out var statement, out var problem) ? (statement, (IReadOnlyList<object?>)[]) : problem, cancellation);

    private Task<Result<long>> ExportAsync(Scope scope, ExportTarget target, Func<DuckDBConnection, Result<(string Sql, IReadOnlyList<object?> Parameters)>> write, CancellationToken cancellation) => QuietThread.Run<Result<long>>(
        () =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(scope.Revoked, cancellation);
            try
            {
                either.Token.ThrowIfCancellationRequested();
                return Wide(() => Read(connection => new Export(connection).Run(write, target, either.Token)));
            }
            catch (OperationCanceledException) when (scope.Revoked.IsCancellationRequested)
            {
                return AnswerStream.Revoked;
            }
        });

    /// <inheritdoc/>
    public Task<Problem?> PutConsentsAsync(IReadOnlyList<ConsentState> states, long sequence, CancellationToken cancellation) => Task.Run(
        () =>
        {
            if (_options.ReadOnly) return ReadOnlyProblem;
            lock (_consents)
            {
                Read(c =>
                {
                    ConsentTable.Put(c, states, sequence);
                    return true;
                });
                Decisions.Follow(states);
                Volatile.Write(ref _consentsUpTo, sequence);
            }

            return null;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<long> ConsentSequenceAsync(CancellationToken cancellation)
    {
        // Asked for every Scope of many persons, and nobody else puts consents.
        return Volatile.Read(ref _consentsUpTo) is >= 0 and var known ? Task.FromResult(known) : Task.Run(Ask, cancellation);

        long Ask()
        {
            lock (_consents)
            {
                if (_consentsUpTo < 0) Volatile.Write(ref _consentsUpTo, Read(ConsentTable.Sequence));
                return _consentsUpTo;
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ulong>> PersonAsync(ulong subject, CancellationToken cancellation) => Task.FromResult(_persons.Of(subject, Survivors));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DataSetStats>> StatsAsync(CancellationToken cancellation) =>
        Task.Run<IReadOnlyList<DataSetStats>>(() => Wide(() => Read(c => new SizeReport(c, Tables).Run())), cancellation);

    /// <inheritdoc/>
    public Task<Result<IReadOnlyList<OptimizeReport>>> OptimizeAsync(CancellationToken cancellation) => Task.Run(
        () =>
        {
            // No row becomes another one, so that what is known of them holds meanwhile.
            if (StartWriting(changes: false) is { } refused) return refused;
            try
            {
                return Read(c =>
                {
                    ApplyTouches(c);
                    return (Result<IReadOnlyList<OptimizeReport>>)new Optimizer(c, Tables, _options.Shelves ? _shelfFolder : null, Time).Run(cancellation);
                });
            }
            finally
            {
                // There are other shelves now.
                _sorted = null;
                ExpectCommit(changes: false);
                StopWriting();
            }
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Problem>> VerifyAsync(IObjectStore objects, CancellationToken cancellation)
    {
        var (ledger, landed) = await Task.Run(
            () => Wide(() => Read(c => (new LedgerProof(c, Tables, FilterBytes).Run(cancellation), ObjectProof.Landed(c)))), cancellation).ConfigureAwait(false);
        return [.. ledger, .. await ObjectProof.RunAsync(landed, objects, cancellation).ConfigureAwait(false)];
    }

    /// <summary>True when the rows are those of one person, or some of one batch: in a place of the table that the engine finds by itself.</summary>
    private static bool OfOnePlace(ScopedQuery scoped) =>
        scoped.Table.Rows.Subjects is { Count: 1 } || (IsClear(scoped, SystemColumns.Subject) && scoped.Only(SystemColumns.Subject) is not null)
            || (IsClear(scoped, SystemColumns.Record) && scoped.Only(Query.ArrivalColumn) is not null && (scoped.Query.Limit is not null || scoped.Only(SystemColumns.Record) is not null));

    /// <summary>True of so few rows that one thread has looked at all of them before several have shared the work.</summary>
    private bool IsOfFew(ScopedQuery scoped)
    {
        var rows = _sizes.Of(scoped.Table.Shape, this) + (scoped.Query.Where is { } where ? Inner(where) : 0);
        return rows <= MostOfFew;

        long Inner(Filter filter) => filter switch
        {
            Filter.And and => and.Parts.Sum(Inner),
            Filter.Or or => or.Parts.Sum(Inner),
            Filter.Not not => Inner(not.Part),
            Filter.Among among when ScopedQuery.Inside(among) is var inner => _sizes.Of(inner.Table.Shape, this) + (inner.Query.Where is { } more ? Inner(more) : 0),
            _ => 0,
        };
    }

    private static bool IsClear(ScopedQuery scoped, string column) => scoped.Table.Find(column)?.Action == ItemAction.Clear;

    /// <param name="ofOnePlace">True when few rows fit.</param>
    private Result<RowStream> Page(ScopedQuery scoped, bool ofOnePlace, CancellationToken revoked, CancellationToken cancellation)
    {
        _workers.BeforeShort();
        var state = _touches.State;
        if (scoped.Query.Limit is not { } limit || limit > LongestPage || TouchWatch.Open(state)) return Answer(null, scoped, revoked, cancellation);
        var answer = WholeAnswer.Read(_pool, OfSomePersons(scoped).Select(some => Written(touched: false, some, isCut: ofOnePlace)), limit, revoked, cancellation);
        if (_touches.State == state) return answer;
        if (answer.Ok) answer.Value.Dispose();
        return Answer(null, scoped, revoked, cancellation);
    }

    /// <summary>True of a page of many persons in the order in which their rows lie.</summary>
    private bool IsOfSomePersons(ScopedQuery scoped) => scoped.PersonsInOrder is var (named, _) && SqlValues.IsJoined(named.Count) && LiesByPersons(scoped.Query.DataSet);

    /// <summary>A page of many persons in their order is asked of the first of them, then of some more and more: mostly it is full before the last.</summary>
    private IEnumerable<ScopedQuery> OfSomePersons(ScopedQuery scoped)
    {
        if (!IsOfSomePersons(scoped)) return [scoped];
        var (named, from) = scoped.PersonsInOrder!.Value;
        return PersonParts.Of(PersonParts.InOrder(named.Select(v => (ulong)v.Data), from, Survivors), SqlValues.LongestList).Select(some => scoped.OfPersons(some));
    }

    /// <param name="workers">Null for what one thread does soonest.</param>
    private Result<RowStream> Answer(Workers? workers, ScopedQuery scoped, CancellationToken revoked, CancellationToken cancellation)
    {
        var state = _touches.State;
        if (!TouchWatch.Open(state))
        {
            var answer = AnswerStream.Start(_pool, workers, _ => Written(touched: false, scoped), revoked, cancellation);
            if (_touches.State == state) return answer;

            // A batch was committed meanwhile, and perhaps its rows are seen before they are changed.
            if (answer.Ok) answer.Value.Dispose();
        }

        return AnswerStream.Start(_pool, workers, connection => Written(Touches.Pending(connection), scoped), revoked, cancellation);
    }

    private (string Sql, IReadOnlyList<object?> Parameters) Written(bool touched, ScopedQuery scoped, bool uuids = false, bool isCut = false)
    {
        var writer = new SqlWriter(Survivors, Place, uuids, isCut);
        return (writer.Write(scoped), writer.Parameters);

        TablePlace Place(TableShape shape) => _catalog.Columns(shape) is { } existing
            ? new(touched ? Touches.Through(shape) : SqlNames.Table(shape), !touched, existing, _catalog.HistoryColumns(shape) is null ? null : SqlNames.History(shape))
            : new(PhysicalCatalog.NoTable, false, PhysicalCatalog.None, null);
    }
}
