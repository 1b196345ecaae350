using System.Runtime.InteropServices;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The calls of DuckDB's C interface on a chunk that DuckDB owns, which the driver's own wrappers would free, and on aggregate functions, which
/// the driver does not know.
/// </summary>
internal static unsafe partial class Native
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

    [LibraryImport("duckdb", EntryPoint = "duckdb_create_aggregate_function")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial IntPtr CreateAggregate();

    [LibraryImport("duckdb", EntryPoint = "duckdb_destroy_aggregate_function")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void DestroyAggregate(ref IntPtr function);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_name", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateName(IntPtr function, string name);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_add_parameter")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void AddAggregateParameter(IntPtr function, IntPtr type);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_return_type")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateReturnType(IntPtr function, IntPtr type);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_special_handling")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateSpecialHandling(IntPtr function);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_functions")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateFunctions(
        IntPtr function, delegate* unmanaged[Cdecl]<nint, ulong> stateSize, delegate* unmanaged[Cdecl]<nint, nint, void> begin,
        delegate* unmanaged[Cdecl]<nint, nint, nint*, void> update, delegate* unmanaged[Cdecl]<nint, nint*, nint*, ulong, void> combine,
        delegate* unmanaged[Cdecl]<nint, nint*, nint, ulong, ulong, void> finish);

    [LibraryImport("duckdb", EntryPoint = "duckdb_register_aggregate_function")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int RegisterAggregate(IntPtr connection, IntPtr function);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_destructor")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateDestructor(IntPtr function, delegate* unmanaged[Cdecl]<nint*, ulong, void> destructor);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_extra_info")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateExtraInfo(IntPtr function, IntPtr info, delegate* unmanaged[Cdecl]<nint, void> free);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_get_extra_info")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial IntPtr AggregateExtraInfo(IntPtr info);

    [LibraryImport("duckdb", EntryPoint = "duckdb_aggregate_function_set_error", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void SetAggregateError(IntPtr info, string message);
}
