using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.Objects;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Lake.Upkeep;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake;

/// <summary>
/// What the platform asks of an engine that keeps data sets as tables. Implemented by the embedded engine and by the distributed one.
/// All members may be called from any thread; those that return a problem leave the lake as it was.
/// </summary>
public interface ILakeEngine : IDisposable
{
    /// <summary>Makes the tables follow the registry: creates, adds columns, widens. Null when done. Problem: <c>lake.narrowed</c>.</summary>
    Task<Problem?> MakeTablesAsync(IReadOnlyList<TableShape> shapes, CancellationToken cancellation);

    /// <summary>
    /// Begins a batch; one at a time. Problems: <c>batch.open</c> (another is not ended), <c>batch.already-loaded</c> (this object with
    /// this mapping is a committed batch), <c>lake.read-only</c>.
    /// </summary>
    Result<ILakeBatch> BeginBatch(BatchHeader header);

    /// <summary>Number of the committed batch that loaded this object with this mapping, or null.</summary>
    Task<int?> FindBatchAsync(string objectId, string source, CancellationToken cancellation);

    /// <summary>A batch of the ledger. Problem: <c>batch.unknown</c>.</summary>
    Task<Result<BatchEntry>> BatchAsync(int number, CancellationToken cancellation);

    /// <summary>The newest batches that are asked for, newest first.</summary>
    Task<IReadOnlyList<BatchEntry>> BatchesAsync(int limit, BatchFilter filter, CancellationToken cancellation);

    /// <summary>
    /// Removes a batch's rows, makes what they superseded current again, and marks the ledger. The quarantine of the batch goes too.
    /// Problems: <c>batch.unknown</c>, <c>batch.already-taken-back</c>, <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    Task<Result<IReadOnlyList<TakeBackReport>>> TakeBackAsync(int number, CancellationToken cancellation);

    /// <summary>Answers a query tree. Problems: <c>query.*</c> (the tree is wrong), <c>scope.*</c> (the Scope does not allow it).</summary>
    Task<Result<RowStream>> RunAsync(Scope scope, Query query, CancellationToken cancellation);

    /// <summary>False when no row of a data set ever came, so that nothing has to be asked of it.</summary>
    bool MayHold(string dataSet);

    /// <summary>
    /// True when the rows of a data set lie by persons in the store, most of them: the first rows in that order are found without looking at all. It may change at any time; who goes on
    /// after a row keeps the order of the page before.
    /// </summary>
    bool LiesByPersons(string dataSet);

    /// <summary>
    /// True when the row of a record is there and is read without being looked for, so that it is in no other data set and nothing is won by fetching it with others. It may change at any time.
    /// </summary>
    bool HasAtHand(string dataSet, UInt128 record);

    /// <summary>How far the data sets have come, for who would give an answer again.</summary>
    LakeStand Stand { get; }

    /// <summary>The place in its history that the lake has come to; what is committed from now on comes after it.</summary>
    Task<LakeMark> MarkAsync(CancellationToken cancellation);

    /// <summary>
    /// Answers a SELECT over data sets (and, where the Scope allows, over the lake's own tables). The text is parsed and the Scope put
    /// inside; whatever is not understood is refused. Problems: <c>sql.*</c>, <c>scope.*</c>.
    /// </summary>
    Task<Result<RowStream>> RunSqlAsync(Scope scope, string sql, CancellationToken cancellation);

    /// <summary>Writes the answer to a query tree into files, which are whole or not there; returns the rows. Problems: those of <see cref="RunAsync"/>, <c>export.*</c>.</summary>
    Task<Result<long>> ExportAsync(Scope scope, Query query, ExportTarget target, CancellationToken cancellation);

    /// <summary>Writes the answer to a SELECT into files, which are whole or not there; returns the rows. Problems: those of <see cref="RunSqlAsync"/>, <c>export.*</c>.</summary>
    Task<Result<long>> ExportSqlAsync(Scope scope, string sql, ExportTarget target, CancellationToken cancellation);

    /// <summary>
    /// Takes over what subjects decided, for the Scopes that read by it, and remembers the number; durable on return. Problem: <c>lake.read-only</c>.
    /// </summary>
    /// <param name="sequence">Number of the newest decision among them; decisions are numbered where they are kept.</param>
    Task<Problem?> PutConsentsAsync(IReadOnlyList<ConsentState> states, long sequence, CancellationToken cancellation);

    /// <summary>Number of the newest decision that <see cref="PutConsentsAsync"/> took over; 0 when there was none.</summary>
    Task<long> ConsentSequenceAsync(CancellationToken cancellation);

    /// <summary>All subjects that turned out to be the person of this one, the one that its rows lie under first; this one alone where nothing was merged.</summary>
    Task<IReadOnlyList<ulong>> PersonAsync(ulong subject, CancellationToken cancellation);

    /// <summary>Rows and bytes of each data set.</summary>
    Task<IReadOnlyList<DataSetStats>> StatsAsync(CancellationToken cancellation);

    /// <summary>Clusters every data set that changed by subject and time. Problems: <c>batch.open</c>, <c>lake.read-only</c>.</summary>
    Task<Result<IReadOnlyList<OptimizeReport>>> OptimizeAsync(CancellationToken cancellation);

    /// <summary>Proves the ledger against the tables and the object store; an empty list is a lake in order.</summary>
    Task<IReadOnlyList<Problem>> VerifyAsync(IObjectStore objects, CancellationToken cancellation);
}
