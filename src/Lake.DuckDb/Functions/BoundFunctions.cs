using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The SQL function <c>bounds_passed(bounds BIGINT, DOUBLE…) → BOOLEAN</c>: whether any bound of a <see cref="BoundList"/> is passed; NULL passes
/// none. A comparison of DOUBLE in the engine costs 3 ns or more a row, because it looks for NaN by calls.
/// </summary>
internal static unsafe class BoundFunctions
{
    private const int Block = 64;

    private static readonly ScalarFunction PassedFunction = new("bounds_passed", [DuckDBType.BigInt], DuckDBType.Boolean, Rest: DuckDBType.Double, Volatile: true);

    /// <summary>Registers the function in the database of the connection. Once per database.</summary>
    public static void Register(DuckDBConnection connection, NumberedParts<BoundList> bounds) =>
        PassedFunction.Register(connection, &Passed, bounds);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)]), MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Passed(nint info, nint chunk, nint output)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            if (rows == 0) return;
            var lists = ScalarFunction.Shared<NumberedParts<BoundList>>(info)!;
            var list = lists.Find(*(long*)NativeMethods.Vectors.DuckDBVectorGetData(Native.ChunkVector(chunk, 0)));
            var count = (int)Native.ChunkColumns(chunk) - 1;
            var columns = stackalloc double*[count];
            var validity = stackalloc ulong*[count];
            for (var i = 0; i < count; i++)
            {
                var vector = Native.ChunkVector(chunk, (ulong)i + 1);
                columns[i] = (double*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
                validity[i] = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
            }

            var passed = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(output);
            for (var from = 0; from < rows; from += Block)
            {
                var some = Math.Min(Block, rows - from);
                var bits = list.Passed(columns, validity, from, some);
                for (var row = 0; row < some; row++) passed[from + row] = (byte)((bits >> row) & 1);
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "bounds_passed", e);
        }
    }
}
