using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Settle;
using Yunnao.Lake.DuckDb.Tables;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb;

/// <summary>The embedded engine: one DuckDB file, owned by one process. All members may be called from any thread.</summary>
public sealed class DuckDbLake : IDisposable
{
    private readonly DuckDbFile _file;
    private readonly DuckDbLakeOptions _options;
    private readonly DuckDBConnection _root;
    private int _openBatches;

    private DuckDbLake(DuckDbFile file, DuckDbLakeOptions options, DuckDBConnection root, LakeTables tables, TimeProvider time)
    {
        (_file, _options, _root, Tables, Time) = (file, options, root, tables, time);
        Known = new KnownRecords(FilterBytes);
    }

    internal LakeTables Tables { get; }

    internal TimeProvider Time { get; }

    /// <summary>Filters kept from batch to batch; used by the one open batch.</summary>
    internal KnownRecords Known { get; }

    /// <summary>Most memory, beside the engine's own, for finding records sent again in one batch.</summary>
    internal long FilterBytes => (long)_options.MemoryLimitMb * (1 << 20) / 8;

    /// <summary>
    /// Opens the lake and, unless read-only, makes its tables follow <paramref name="shapes"/>. Problems: <c>lake.busy</c> (names the
    /// process that holds it), <c>lake.none</c> (read-only and never written), <c>lake.open</c>, <c>lake.narrowed</c>.
    /// </summary>
    public static Result<DuckDbLake> Open(DuckDbLakeOptions options, IEnumerable<TableShape> shapes, TimeProvider? time = null)
    {
        var file = new DuckDbFile(options);
        if (!file.Connect().Try(out var root, out var problem)) return problem;
        var tables = new LakeTables(shapes);
        var lake = new DuckDbLake(file, options, root, tables, time ?? TimeProvider.System);
        if (options.ReadOnly) return lake;
        RecordFilterFunctions.Register(root);
        if (tables.MakeAll(root) is { } refused)
        {
            lake.Dispose();
            return refused;
        }

        Touches.Apply(root, tables);
        return lake;
    }

    /// <summary>
    /// Begins a batch; one at a time. Problems: <c>batch.open</c> (another is not ended), <c>batch.already-loaded</c> (this object with this
    /// mapping is a committed batch), <c>lake.read-only</c>.
    /// </summary>
    public Result<DuckDbBatch> Begin(BatchHeader header)
    {
        if (_options.ReadOnly) return new Problem(ProblemKind.Unsupported, "lake.read-only", "The lake is open for reading only.");
        if (Interlocked.CompareExchange(ref _openBatches, 1, 0) != 0)
        {
            return new Problem(ProblemKind.Busy, "batch.open", "Another batch is being loaded.");
        }

        var begun = BeginAlone(header);
        if (!begun.Ok) BatchEnded();
        return begun;
    }

    /// <summary>Number of the committed batch that loaded this object with this mapping, or null.</summary>
    public int? FindBatch(string objectId, string source)
    {
        lock (_root) return new Ledger(_root).Find(objectId, source);
    }

    internal Result<DuckDBConnection> Connect() => _file.Connect();

    internal void BatchEnded() => Interlocked.Exchange(ref _openBatches, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        Known.Dispose();
        _root.Dispose();
    }

    private Result<DuckDbBatch> BeginAlone(BatchHeader header)
    {
        if (header.ObjectId is { } id && FindBatch(id, header.Source) is { } number)
        {
            return new Problem(ProblemKind.Conflict, "batch.already-loaded", $"This file is batch {number} already.");
        }

        if (!Connect().Try(out var connection, out var problem)) return problem;
        return new DuckDbBatch(this, connection, header);
    }
}
