using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Settle;

/// <summary>
/// Gives the engine's SQL two functions over a <see cref="RecordFilter"/>, called by its own scanning threads, a vector of rows at a time:
/// <c>settle_add(filter, record)</c> and <c>settle_has(filter, record)</c>. A null record is never in a filter.
/// </summary>
internal static unsafe class RecordFilterFunctions
{
    private static readonly ConcurrentDictionary<ulong, RecordFilter> s_filters = new();
    private static long s_last;

    /// <summary>Makes the functions known to the engine's instance, once.</summary>
    public static void Register(DuckDBConnection connection)
    {
        if (connection.Scalar<long>("SELECT count(*) FROM duckdb_functions() WHERE function_name = 'settle_add'") > 0) return;
        Register(connection, "settle_add", &Add);
        Register(connection, "settle_has", &Has);
    }

    /// <summary>Lends a filter to SQL until <see cref="Return"/>; gives the number it goes by.</summary>
    public static ulong Lend(RecordFilter filter)
    {
        var id = (ulong)Interlocked.Increment(ref s_last);
        s_filters[id] = filter;
        return id;
    }

    public static void Return(ulong id) => s_filters.TryRemove(id, out _);

    private static void Register(DuckDBConnection connection, string name, delegate* unmanaged[Cdecl]<nint, nint, nint, void> callback)
    {
        var function = NativeMethods.ScalarFunction.DuckDBCreateScalarFunction();
        using var number = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedBigInt);
        using var record = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedHugeInt);
        using var boolean = NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.Boolean);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetName(function, name);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(function, number);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionAddParameter(function, record);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetReturnType(function, boolean);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetVolatile(function);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetSpecialHandling(function);
        NativeMethods.ScalarFunction.DuckDBScalarFunctionSetFunction(function, callback);
        var state = NativeMethods.ScalarFunction.DuckDBRegisterScalarFunction(connection.NativeConnection, function);
        NativeMethods.ScalarFunction.DuckDBDestroyScalarFunction(ref function);
        if (state != DuckDBState.Success) throw new InvalidOperationException($"The engine refused the function {name}.");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Add(nint info, nint input, nint output) => Visit(info, input, output, add: true);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Has(nint info, nint input, nint output) => Visit(info, input, output, add: false);

    private static void Visit(nint info, nint input, nint output, bool add)
    {
        try
        {
            using var chunk = new BorrowedChunk(input);
            var ids = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(chunk.Vector(0));
            var keys = new ReadOnlySpan<UInt128>(NativeMethods.Vectors.DuckDBVectorGetData(chunk.Vector(1)), chunk.Rows);
            var perhaps = new Span<bool>(NativeMethods.Vectors.DuckDBVectorGetData(output), chunk.Rows);
            if (chunk.Rows == 0) return;
            var filter = s_filters[ids[0]];
            if (add) filter.Add(keys, perhaps);
            else filter.Ask(keys, perhaps);
            ClearNulls(NativeMethods.Vectors.DuckDBVectorGetValidity(chunk.Vector(1)), perhaps);
        }
        catch (Exception e) when (e is KeyNotFoundException or ObjectDisposedException)
        {
            NativeMethods.ScalarFunction.DuckDBScalarFunctionSetError(info, "The filter is not lent any more.");
        }
    }

    private static void ClearNulls(ulong* validity, Span<bool> perhaps)
    {
        if (validity is null) return;
        for (var row = 0; row < perhaps.Length; row++)
        {
            if ((validity[row >> 6] & (1UL << (row & 63))) == 0) perhaps[row] = false;
        }
    }
}
