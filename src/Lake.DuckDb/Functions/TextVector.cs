using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>A flat VARCHAR vector of DuckDB, read in place (duckdb_string_t: length, then 12 inline bytes or a prefix and a pointer).</summary>
internal readonly unsafe struct TextVector
{
    private const int InlineLength = 12;
    private readonly byte* _data;
    private readonly ulong* _validity;

    public TextVector(IntPtr chunk, int column)
    {
        // A chunk handed to a function stays owned by DuckDB; only its vectors are looked up here.
        var vector = Native.ChunkVector(chunk, (ulong)column);
        _data = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        _validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
    }

    /// <param name="data">The texts of a vector.</param>
    /// <param name="validity">Its bits, or null.</param>
    public TextVector(nint data, ulong* validity)
    {
        _data = (byte*)data;
        _validity = validity;
    }

    /// <summary>False when the value is NULL.</summary>
    public bool TryGet(int row, out ReadOnlySpan<byte> utf8)
    {
        if (Validity.IsNull(_validity, row))
        {
            utf8 = default;
            return false;
        }

        var text = _data + (row * 16);
        var length = *(int*)text;
        utf8 = new(length <= InlineLength ? text + 4 : *(byte**)(text + 8), length);
        return true;
    }
}
