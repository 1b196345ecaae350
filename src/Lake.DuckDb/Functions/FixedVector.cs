using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>A flat vector of values of one size, read in place.</summary>
/// <typeparam name="T">As the engine has them: BOOLEAN a byte, DATE days in an int, UHUGEINT a <see cref="UInt128"/>.</typeparam>
internal readonly unsafe struct FixedVector<T>
    where T : unmanaged
{
    private readonly T* _data;
    private readonly ulong* _validity;

    public FixedVector(nint chunk, int column)
    {
        var vector = Native.ChunkVector(chunk, (ulong)column);
        _data = (T*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        _validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
    }

    /// <summary>The value of a row; null where it is NULL.</summary>
    public T? this[int row] => Validity.IsNull(_validity, row) ? null : _data[row];
}
