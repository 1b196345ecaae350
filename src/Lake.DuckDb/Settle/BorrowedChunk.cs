using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>A data chunk that the engine owns, seen for the time of a callback.</summary>
internal readonly ref struct BorrowedChunk : IDisposable
{
    private readonly DuckDBDataChunk _chunk;

    public BorrowedChunk(nint handle)
    {
        _chunk = new DuckDBDataChunk(handle);
        Rows = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(_chunk);
    }

    public int Rows { get; }

    public nint Vector(int column) => NativeMethods.DataChunks.DuckDBDataChunkGetVector(_chunk, column);

    /// <summary>Lets go of the handle; the chunk itself is the engine's to free.</summary>
    public void Dispose() => _chunk.SetHandleAsInvalid();
}
