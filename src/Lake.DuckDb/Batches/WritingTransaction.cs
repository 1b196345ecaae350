using System.Collections.Frozen;
using DuckDB.NET.Data;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Batches;

/// <summary>A transaction that brings rows of one batch into data sets: when the batch is loaded, or when rows of it leave the quarantine.</summary>
public abstract class WritingTransaction : IDisposable
{
    private FrozenDictionary<ulong, ulong>? _survivors;

    private protected WritingTransaction(DuckDbLake lake, LoadingConnection connection) => (Lake, Loading) = (lake, connection);

    /// <summary>Number of the batch whose rows are brought in.</summary>
    public abstract int Number { get; }

    /// <summary>The transaction's own connection, for the temporary tables and functions that the work needs. Only the transaction ends itself.</summary>
    public DuckDBConnection Connection => Loading.Connection;

    private protected LoadingConnection Loading { get; }

    private protected DuckDbLake Lake { get; }

    private protected bool Ended { get; set; }

    /// <summary>True when it ended well and the next one may go on with its connection.</summary>
    private protected bool Kept { get; set; }

    /// <summary>Makes a temporary type on the connection, unless it is there already.</summary>
    /// <param name="create">The statement that makes it.</param>
    public void MakeType(string name, string create, CancellationToken cancellation = default) => Loading.MakeType(name, create, cancellation);

    /// <summary>
    /// Gives the rows of earlier batches, current and superseded, another subject, after the identity index has joined or parted persons.
    /// Rows that this transaction brings carry their right subject from the beginning.
    /// </summary>
    /// <param name="table">A temporary table on <see cref="Connection"/> with the columns <c>org</c> (VARCHAR; NULL: rows of every organisation), <c>old</c> and <c>new</c> (UBIGINT), one row an old subject.</param>
    /// <returns>Rows changed.</returns>
    public abstract long RepointSubjects(string table, CancellationToken cancellation = default);

    /// <summary>
    /// Makes the rows of earlier batches follow the merges of persons; those that this transaction brings follow when it is committed. After
    /// <see cref="RepointSubjects"/>.
    /// </summary>
    /// <param name="survivors">Merged subject → the one under which its rows are found: all there are.</param>
    /// <returns>Rows that changed hands.</returns>
    public long FollowMerges(FrozenDictionary<ulong, ulong> survivors, CancellationToken cancellation = default)
    {
        if (Lake.Survivors.Count == survivors.Count && survivors.All(s => Lake.Survivors.TryGetValue(s.Key, out var to) && to == s.Value)) return 0;
        _survivors = survivors;
        return new SubjectMerges(Connection, Lake.Tables).Follow(survivors, Own, Change, cancellation);
    }

    /// <summary>The batches whose rows this transaction brings; those of none where it works on committed ones.</summary>
    private protected abstract BatchRange Own { get; }

    /// <summary>The number under which changed days are noted.</summary>
    private protected abstract long Change { get; }

    /// <summary>True when the rows of other persons are merged than before.</summary>
    private protected bool MergesChanged => _survivors is not null;

    /// <summary>True when rows of some persons lie under others.</summary>
    private protected bool AnyMerged => (_survivors ?? Lake.Survivors).Count > 0;

    /// <summary>Before the commit: rows of merged persons are noted, to follow after it.</summary>
    private protected void NoteMerged(IEnumerable<TableShape> shapes, BatchRange batches)
    {
        if (!AnyMerged) return;
        var merges = new SubjectMerges(Connection, Lake.Tables);
        foreach (var shape in shapes) merges.NoteOwn(shape, batches);
    }

    /// <summary>After the commit.</summary>
    private protected void KeepMerges() => Lake.Survivors = _survivors ?? Lake.Survivors;

    /// <summary>Adds records that gave no row to the quarantine of the batch; where only rows of it leave the quarantine, they are there already.</summary>
    public abstract void Quarantine(IEnumerable<RefusedRecord> records);

    /// <summary>Rolls back unless committed.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Connection.State != System.Data.ConnectionState.Open) return;
        try
        {
            if (!Ended) Connection.Execute("ROLLBACK");
        }
        catch (DuckDBException)
        {
            // The engine has ended the transaction itself; what made it do so is on its way to the caller.
        }
        finally
        {
            Ended = true;
            if (Kept) Lake.Keep(Loading);
            else Loading.Dispose();
            Lake.StopWriting();
        }
    }
}
