using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;

namespace Yunnao.Services.Ingest;

/// <summary>Turns one landed file into rows of text on the batch's connection: the decode step, one implementation a kind of format.</summary>
internal abstract class Stager : IDisposable
{
    /// <summary>How many refused records are in memory at a time.</summary>
    public const int RefusedAtOnce = 10_000;

    /// <summary>Makes the rows readable; a problem when the file as a whole cannot be read with this mapping.</summary>
    public abstract Task<Result<IReadOnlyList<StagedSet>>> StageAsync(Action<double> progress, CancellationToken cancellation);

    /// <summary>The records that gave no row; known after <see cref="StageAsync"/>.</summary>
    public abstract IEnumerable<RefusedRecord> Refused();

    /// <summary>After settling: anything the format still has to set right, for example record numbers after skipped lines; and a problem when the count of records says that some are missing.</summary>
    public virtual Task<Problem?> FinishAsync(long rows) => Task.FromResult<Problem?>(null);

    /// <summary>The problem of the file that an exception while reading it stands for; null when the exception is not about the file.</summary>
    public virtual Problem? Explain(Exception exception) => exception switch
    {
        InvalidDataException => new(ProblemKind.Incorrect, "ingest.gzip", "The compressed file is damaged or incomplete. Nothing was loaded."),
        DuckDBException { ErrorType: DuckDBErrorType.OutOfMemory } => new(ProblemKind.Unavailable, "lake.memory", "The file needs more memory than the lake may use. Nothing was loaded."),
        UnpackedTooFarException => new(ProblemKind.Incorrect, "ingest.bomb", "The compressed file unpacks to more than 200 times its size, which no file of records does. Nothing was loaded."),
        _ => null,
    };

    /// <summary>Use of columns and paths.</summary>
    public abstract IReadOnlyList<PathUse> Report();

    public virtual void Dispose()
    {
    }
}
