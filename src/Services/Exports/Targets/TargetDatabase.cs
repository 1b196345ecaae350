using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// An open connection to a target. A data set is written by <see cref="BeginAsync"/>, <see cref="PrepareAsync"/>, <see cref="WriteAsync"/> and
/// <see cref="CommitAsync"/>, in this order; whatever ends before the last leaves the target as it was, or as if the same were written once
/// more. What the driver throws is told by <see cref="Explain"/>.
/// </summary>
internal abstract class TargetDatabase : IAsyncDisposable
{
    /// <summary>Begins the writing of a table, alone; gives what the target has of it, or null. Problem: <c>target.busy</c>.</summary>
    public abstract Task<Result<TargetMark?>> BeginAsync(string table, CancellationToken cancellation);

    /// <summary>The number of the writing that begins now.</summary>
    /// <param name="next">Greater than that of all that were ended.</param>
    /// <param name="upTo">None of its rows is newer.</param>
    /// <param name="replace">As for <see cref="WriteAsync"/>.</param>
    public virtual long Number(long next, LakeMark upTo, bool replace) => next;

    /// <summary>True after the writing of changes that cannot stand alone here: the same is asked for once more, with all rows, before it ends.</summary>
    public virtual bool NeedsWhole => false;

    /// <summary>Of the rows that were written, those that the target keeps apart because its checks refuse them.</summary>
    public virtual long Quarantined => 0;

    /// <summary>Makes the table, or adds and widens columns of it. Problems: <c>target.shape</c>, <c>target.not-ours</c>.</summary>
    /// <param name="known">True when the table is of earlier exports.</param>
    public abstract Task<Problem?> PrepareAsync(TargetTable table, bool known, CancellationToken cancellation);

    /// <summary>Writes the rows of an answer. Null when done; problem: <c>target.value</c>.</summary>
    /// <param name="replace">Put them in the place of all that is there; otherwise the answer is one of changes.</param>
    /// <param name="sequence">Number of this writing.</param>
    public abstract Task<Problem?> WriteAsync(TargetTable table, bool replace, long sequence, AnswerRows rows, CancellationToken cancellation);

    /// <summary>Ends the writing; what was written stays.</summary>
    public abstract Task CommitAsync(TargetMark mark, CancellationToken cancellation);

    /// <summary>Undoes what was begun, if the connection is still there.</summary>
    public abstract Task AbandonAsync();

    /// <summary>The problem that an exception of the driver stands for, without what the driver says, which may hold values; null when it is none of a database.</summary>
    public abstract Problem? Explain(Exception exception);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
