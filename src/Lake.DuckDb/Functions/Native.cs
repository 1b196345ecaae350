using System.Runtime.InteropServices;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The calls of DuckDB's C interface on a chunk that DuckDB owns; the driver's own wrappers would free it.</summary>
internal static partial class Native
{
    [LibraryImport("duckdb", EntryPoint = "duckdb_data_chunk_get_vector")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial IntPtr ChunkVector(IntPtr chunk, ulong column);

    [LibraryImport("duckdb", EntryPoint = "duckdb_data_chunk_get_size")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial ulong ChunkSize(IntPtr chunk);

    [LibraryImport("duckdb", EntryPoint = "duckdb_data_chunk_get_column_count")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial ulong ChunkColumns(IntPtr chunk);
}
