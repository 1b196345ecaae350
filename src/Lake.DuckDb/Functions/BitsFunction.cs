using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The SQL function <c>bits_of(BOOLEAN…) → UBIGINT</c>: up to sixty-four conditions as a word, a bit set where one is true.</summary>
internal static unsafe class BitsFunction
{
    private static readonly ScalarFunction s_function = new("bits_of", [], DuckDBType.UnsignedBigInt, Rest: DuckDBType.Boolean);

    /// <summary>Registers it in the database of the connection, unless it is there.</summary>
    public static void Register(DuckDBConnection connection)
    {
        if (!ScalarFunction.IsKnown(connection, s_function.Name)) s_function.Register(connection, &BitsOf);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)]), MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BitsOf(nint info, nint chunk, nint output)
    {
        try
        {
            var rows = (int)Native.ChunkSize(chunk);
            var columns = (int)Native.ChunkColumns(chunk);
            var words = new Span<ulong>((ulong*)NativeMethods.Vectors.DuckDBVectorGetData(output), rows);
            words.Clear();
            for (var column = 0; column < columns; column++)
            {
                var vector = Native.ChunkVector(chunk, (ulong)column);
                var holds = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
                var validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
                for (var row = 0; row < words.Length; row++)
                    if (holds[row] == 1 && !Validity.IsNull(validity, row)) words[row] |= 1UL << column;
            }
        }
        catch (Exception e)
        {
            ScalarFunction.Fail(info, "bits_of", e);
        }
    }
}
