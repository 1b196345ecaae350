using System.Collections.Concurrent;
using System.Diagnostics;
using Apache.Arrow;
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
        if (ShelfQuery.Of(scoped, lake.Survivors, lake.Decisions, record => At(scoped.Table.Shape, commits).PersonOf(record, commits)) is not { } query) return null;
        var batches = new List<RecordBatch>();
        var schema = Read(query, At(scoped.Table.Shape, commits), commits, scoped.Query.Limit, batches);

        // What was committed since the first look at the stand may have changed what was put together here.
        if (schema is not null && lake.Quiet == commits && !revoked.IsCancellationRequested)
        {
            Interlocked.Increment(ref _answers);
            return WholeAnswer.Of(schema, batches);
        }

        batches.ForEach(b => b.Dispose());
        return revoked.IsCancellationRequested ? (Result<RowStream>?)AnswerStream.Revoked : null;
    }

    /// <summary>Reads part after part until there are as many rows as are wanted; null when the engine has to answer.</summary>
    private Schema? Read(ShelfQuery query, Shelf shelf, long commits, long? limit, List<RecordBatch> into)
    {
        var (schema, left, blocks) = ((Schema?)null, limit ?? long.MaxValue, ShelfFile.MostBlocks);
        foreach (var persons in query.Parts())
        {
            if (query.Reached(persons) is not { } reached || shelf.Of(persons, commits) is not { } file) return null;
            using var rows = file.Find(reached, blocks);
            if (file.IsDamaged) shelf.Discard(file);
            if (rows is null || query.Run(rows, left, redactor) is not var (columns, batch)) return null;
            if (batch is not null) into.Add(batch);
            (schema, left, blocks) = (columns, left - (batch?.Length ?? 0), blocks - rows.Blocks);
            if (left <= 0) break;
        }

        return schema;
    }

    /// <summary>True when the row of a record is in the file, as it is now.</summary>
    public bool Has(TableShape shape, UInt128 record) =>
        !AreOff && lake.Quiet is { } commits && At(shape, commits) is var shelf && shelf.PersonOf(record, commits) is { } subject && shelf.Of([subject], commits) is not null;

    /// <summary>Looks at what was committed to a data set, so that the next page of it can be answered.</summary>
    public void Look(TableShape shape) => Of(shape).Look(lake);

    /// <inheritdoc/>
    public void Dispose()
    {
        AreOff = true;
        foreach (var shelf in _shelves.Values) shelf.Dispose();
    }

    /// <summary>The shelf of a data set, which is looked after when it is behind.</summary>
    private Shelf At(TableShape shape, long commits)
    {
        var shelf = Of(shape);
        if (shelf.IsBehind(commits)) Look(shelf);
        return shelf;
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
