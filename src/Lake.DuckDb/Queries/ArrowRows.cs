using Apache.Arrow;
using Apache.Arrow.C;
using Apache.Arrow.Ipc;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>The rows of a running statement as Arrow batches, chunk by chunk, without copying (Arrow C data interface).</summary>
internal sealed unsafe class ArrowRows : IArrowArrayStream
{
    private readonly DuckDBArrowOptions _options;
    private DuckDBResult _result;
    private long _left;
    private bool _ended, _disposed;

    /// <param name="most">Rows that are read; the others are left.</param>
    public ArrowRows(DuckDBResult result, long most = long.MaxValue)
    {
        (_result, _left) = (result, most);
        _options = Arrow.DuckDBResultGetArrowOptions(ref _result);
        Schema = ReadSchema();
    }

    /// <inheritdoc/>
    public Schema Schema { get; }

    /// <summary>True when there are no more rows, also none that are left: while there are, the statement runs on.</summary>
    public bool Ends()
    {
        if (_ended) return true;
        using var chunk = Query.DuckDBFetchChunk(_result);
        return _ended = chunk.IsInvalid;
    }

    /// <inheritdoc/>
    public ValueTask<RecordBatch?> ReadNextRecordBatchAsync(CancellationToken cancellationToken = default) => new(ReadNext());

    /// <summary>The next rows, or null at the end. Fails with <see cref="EngineException"/>, or as cancelled.</summary>
    public RecordBatch? ReadNext()
    {
        if (_left == 0) return null;
        using var chunk = Query.DuckDBFetchChunk(_result);
        if (chunk.IsInvalid)
        {
            _ended = true;
            if (Query.DuckDBResultError(ref _result) is not { Length: > 0 } message) return null;
            var type = Query.DuckDBResultErrorType(ref _result);
            throw type == DuckDBErrorType.Interrupt ? new OperationCanceledException() : new EngineException(message, type);
        }

        var size = DataChunks.DuckDBDataChunkGetSize(chunk);
        if (size > (ulong)_left) DataChunks.DuckDBDataChunkSetSize(chunk, size = (ulong)_left);
        _left -= (long)size;
        var array = CArrowArray.Create();
        try
        {
            using var failed = Arrow.DuckDBDataChunkToArrow(_options, chunk, (IntPtr)array);
            if (failed.HasError) throw new EngineException(failed.Message ?? "", DuckDBErrorType.Invalid);
            return CArrowArrayImporter.ImportRecordBatch(array, Schema);
        }
        finally
        {
            CArrowArray.Free(array);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _options.Dispose();
        _result.Close();
    }

    private Schema ReadSchema()
    {
        var count = (int)Query.DuckDBColumnCount(ref _result);
        var types = new DuckDBLogicalType[count];
        var (typesAt, namesAt) = (new IntPtr[count], new IntPtr[count]);
        var schema = CArrowSchema.Create();
        try
        {
            for (var i = 0; i < count; i++)
            {
                types[i] = Query.DuckDBColumnLogicalType(ref _result, i);
                typesAt[i] = types[i].DangerousGetHandle();
                namesAt[i] = System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(Query.DuckDBColumnName(ref _result, i));
            }

            fixed (IntPtr* typesPointer = typesAt, namesPointer = namesAt)
            {
                using var failed = Arrow.DuckDBToArrowSchema(_options, (IntPtr)typesPointer, (IntPtr)namesPointer, (ulong)count, (IntPtr)schema);
                if (failed.HasError) throw new EngineException(failed.Message ?? "", DuckDBErrorType.Invalid);
            }

            return CArrowSchemaImporter.ImportSchema(schema);
        }
        finally
        {
            CArrowSchema.Free(schema);
            foreach (var type in types) type?.Dispose();
            foreach (var name in namesAt) System.Runtime.InteropServices.Marshal.FreeCoTaskMem(name);
        }
    }
}
