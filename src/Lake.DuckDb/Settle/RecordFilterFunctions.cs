using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Yunnao.Lake.DuckDb.Functions;

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
        Function("settle_add").Register(connection, &Add);
        Function("settle_has").Register(connection, &Has);
    }

    /// <summary>Lends a filter to SQL until <see cref="Return"/>; gives the number it goes by.</summary>
    public static ulong Lend(RecordFilter filter)
    {
        var id = (ulong)Interlocked.Increment(ref s_last);
        s_filters[id] = filter;
        return id;
    }

    public static void Return(ulong id) => s_filters.TryRemove(id, out _);

    private static ScalarFunction Function(string name) =>
        new(name, [DuckDBType.UnsignedBigInt, DuckDBType.UnsignedHugeInt], DuckDBType.Boolean, Volatile: true);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Add(nint info, nint input, nint output) => Visit(info, input, output, add: true);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Has(nint info, nint input, nint output) => Visit(info, input, output, add: false);

    private static void Visit(nint info, nint input, nint output, bool add)
    {
        try
        {
            var rows = (int)Native.ChunkSize(input);
            var records = Native.ChunkVector(input, 1);
            var ids = (ulong*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(input, 0));
            var keys = new ReadOnlySpan<UInt128>(NativeMethods.Vectors.DuckDBVectorGetData(records), rows);
            var perhaps = new Span<bool>(NativeMethods.Vectors.DuckDBVectorGetData(output), rows);
            if (rows == 0) return;
            var filter = s_filters[ids[0]];
            if (add) filter.Add(keys, perhaps);
            else filter.Ask(keys, perhaps);
            ClearNulls(NativeMethods.Vectors.DuckDBVectorGetValidity(records), perhaps);
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
            if (Validity.IsNull(validity, row)) perhaps[row] = false;
        }
    }
}
