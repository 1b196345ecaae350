using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>The bits that say which rows of a vector are NULL: one a row, 0 for NULL; no bits at all where no row is.</summary>
internal static unsafe class Validity
{
    public static bool IsNull(ulong* bits, int row) => bits is not null && (bits[row >> 6] & (1UL << (row & 63))) == 0;

    /// <summary>Makes a row of a vector NULL.</summary>
    public static void SetNull(nint vector, int row)
    {
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(vector);
        NativeMethods.Vectors.DuckDBVectorGetValidity(vector)[row >> 6] &= ~(1UL << (row & 63));
    }
}
