using System.Collections.Concurrent;
using System.Diagnostics;
using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>Answers what can be answered from the shelves of a lake. Used by many threads.</summary>
internal sealed class Shelves(DuckDbLake lake, ShelfFolder folder, ITextRedactor? redactor) : IDisposable
{
    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);
    private volatile bool _areOff;
    private long _answers;

    /// <summary>Answers given.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>True leaves all to the engine.</summary>
    public bool AreOff { get => _areOff; set => _areOff = value; }

    /// <summary>The rows that a query asks for, as they are now; null when the engine has to answer. Problem: <c>scope.revoked</c>.</summary>
    /// <param name="revoked">Fires when the right to read is taken back.</param>
    public Result<RowStream>? Answer(ScopedQuery scoped, CancellationToken revoked)
    {
        if (AreOff || lake.Quiet is not { } commits) return null;
        if (scoped.Table.Rows.Consent is not null && lake.Decisions.IsToBeRead) lake.ReadDecisions();
        if (ShelfQuery.Of(scoped, lake.Survivors, lake.Decisions) is not { } query) return null;
        var shelf = Of(scoped.Table.Shape);
        if (shelf.IsBehind(commits)) Look(shelf);
        if (shelf.Of(query.Subject, commits) is not { } file) return null;
        using var rows = file.Find(query.Subject);
        if (file.IsDamaged) shelf.Discard(file);
        if (rows is null || query.Run(rows, redactor) is not var (schema, batch)) return null;

        // What was committed since the first look at the stand may have changed what was put together here.
        if (lake.Quiet == commits && !revoked.IsCancellationRequested)
        {
            Interlocked.Increment(ref _answers);
            return WholeAnswer.Of(schema, batch);
        }

        batch?.Dispose();
        return revoked.IsCancellationRequested ? (Result<RowStream>?)AnswerStream.Revoked : null;
    }

    /// <summary>Looks at what was committed to a data set, so that the next page of it can be answered.</summary>
    public void Look(TableShape shape) => Of(shape).Look(lake);

    /// <inheritdoc/>
    public void Dispose()
    {
        AreOff = true;
        foreach (var shelf in _shelves.Values) shelf.Dispose();
    }

    private Shelf Of(TableShape shape)
    {
        while (true)
        {
            var shelf = _shelves.GetOrAdd(shape.DataSet.Id, _ => new Shelf(shape, folder));
            if (ReferenceEquals(shelf.Shape, shape)) return shelf;

            // The registry has changed.
            if (_shelves.TryRemove(KeyValuePair.Create(shape.DataSet.Id, shelf))) shelf.Dispose();
        }
    }

    /// <summary>Looks beside the requests.</summary>
    private void Look(Shelf shelf) => _ = QuietThread.Run(() =>
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            if (!AreOff) shelf.Look(lake);
            return true;
        }
        catch (DuckDBException)
        {
            // For want of memory, or of the disk: the engine goes on answering, and there is another look.
            return false;
        }
        finally
        {
            shelf.Looked(Stopwatch.GetElapsedTime(started));
        }
    });
}
