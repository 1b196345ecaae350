using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Derived;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>The shelf of one data set, and of whom it does not know the present.</summary>
internal sealed class Shelf(TableShape shape, ShelfFolder folder) : IDisposable
{
    /// <summary>After a look at what changed, the next one is not before so many times its length: who writes all the time is not slowed down.</summary>
    private const int Pause = 10;

    private readonly Lock _gate = new();
    private volatile Held? _held;
    private int _looking;
    private long _next;
    private bool _disposed;

    public TableShape Shape => shape;

    /// <summary>As it was when the lake stood at <paramref name="Commits"/>. Immutable.</summary>
    /// <param name="File">The rows by their persons; null when there is no file to be used.</param>
    /// <param name="Records">The persons of the records; null as well.</param>
    /// <param name="Token">Of the files that the lake names, used or not; null when it names none.</param>
    /// <param name="UpTo">How far <paramref name="Touched"/> goes.</param>
    /// <param name="Touched">Null when they are too many.</param>
    private sealed record Held(long Commits, IReadOnlyList<ShelfColumn>? Columns, ulong? Token, ShelfFile? File, ShelfFile? Records, LakeMark UpTo, HashSet<ulong>? Touched)
    {
        public void Close()
        {
            File?.Dispose();
            Records?.Dispose();
        }
    }

    /// <summary>The file, when it holds all rows of some persons as they are at this stand; null when nobody knows, and then <see cref="IsBehind"/> tells whether it is worth a look.</summary>
    public ShelfFile? Of(IReadOnlyList<ulong> subjects, long commits)
    {
        if (_held is not { Touched: { } touched } held || held.Commits != commits) return null;
        foreach (var subject in subjects)
            if (touched.Contains(subject)) return null;
        return held.File;
    }

    /// <summary>
    /// The person of a record when the file was written; null when it was not there, or when that is not sure. Whether the record is still that person's is told by <see cref="Of"/>: nobody
    /// loses a record without being one of those who have changed.
    /// </summary>
    public ulong? PersonOf(UInt128 record, long commits)
    {
        if (_held is not { Records: { } records } held || held.Commits != commits) return null;
        using var found = records.Find([(ulong)record]);
        if (records.IsDamaged) Discard(records);
        return found is { Count: 1 } ? found.Read(1)[0].Unsigned : null;
    }

    /// <summary>True when something was committed since the last look, and the next one is due and is now the caller's.</summary>
    public bool IsBehind(long commits) => _held?.Commits != commits && Environment.TickCount64 >= Volatile.Read(ref _next) && Interlocked.CompareExchange(ref _looking, 1, 0) == 0;

    /// <summary>Ends a look that <see cref="IsBehind"/> gave.</summary>
    public void Looked(TimeSpan took)
    {
        Volatile.Write(ref _next, Environment.TickCount64 + (long)(Pause * took.TotalMilliseconds));
        Volatile.Write(ref _looking, 0);
    }

    /// <summary>Looks at what was committed; when more is committed meanwhile, it was in vain.</summary>
    public void Look(DuckDbLake lake)
    {
        lock (_gate)
        {
            if (_disposed || lake.Quiet is not { } commits || _held?.Commits == commits) return;
            var held = lake.Read(connection =>
            {
                // Beside one that may write the file of the engine cannot be written.
                connection.Execute("BEGIN TRANSACTION READ ONLY");
                try
                {
                    return Look(connection, commits);
                }
                finally
                {
                    connection.Execute("ROLLBACK");
                }
            });
            var (before, isNow) = (_held, lake.Quiet == commits);
            if (isNow) _held = held;
            var old = isNow ? before : held;
            if (old?.File != _held?.File) old?.Close();
        }
    }

    /// <summary>Deletes the files of which one is damaged: the next time that the lake is optimized they are missed and written again.</summary>
    public void Discard(ShelfFile file) => folder.Delete(shape, file.Token);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _held?.Close();
            _held = null;
        }
    }

    private Held Look(DuckDBConnection connection, long commits)
    {
        var now = MovedRecords.Mark(connection);
        var catalog = new PhysicalCatalog(connection);
        var columns = ShelfLayout.ColumnsOf(shape, catalog.Columns(shape));
        if (columns is null || ShelfFolder.Named(connection, shape) is not var (token, mark)) return new(commits, columns, null, null, null, now, null);
        var before = _held is { } held && held.Token == token && held.Columns is { } known && known.SequenceEqual(columns) ? held : null;
        before ??= new(commits, columns, token, folder.Open(shape, token, columns), folder.OpenRecords(shape, token), mark, []);
        if (before.File is null or { IsDamaged: true } || before.Touched is null) return before with { Commits = commits, UpTo = now };
        var more = TouchedPersons.Since(connection, shape, catalog.HistoryColumns(shape) is not null, before.UpTo);
        var touched = more is null || before.Touched.Count + more.Count > TouchedPersons.Most ? null : more.Count == 0 ? before.Touched : [.. before.Touched, .. more];
        return before with { Commits = commits, UpTo = now, Touched = touched };
    }
}
