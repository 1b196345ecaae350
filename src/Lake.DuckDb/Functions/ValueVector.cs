using DuckDB.NET.Native;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>A flat vector whose values are compared and never looked into: numbers, times, and texts of up to <see cref="Inline"/> bytes.</summary>
internal readonly unsafe struct ValueVector
{
    private const int Inline = 12;
    private const int Text = 16;
    private readonly byte* _data;
    private readonly ulong* _validity;
    private readonly int _width;

    public ValueVector(nint vector)
    {
        _data = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        _validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
        using var type = NativeMethods.Vectors.DuckDBVectorGetColumnType(vector);
        var id = NativeMethods.LogicalType.DuckDBGetTypeId(type);
        (_width, IsDouble) = (Width(id), id == DuckDBType.Double);
    }

    public bool IsDouble { get; }

    /// <summary>The values, by row.</summary>
    public void* Data => _data;

    /// <summary>A bit a row, set where there is a value; null: everywhere.</summary>
    public ulong* Mask => _validity;

    /// <summary>True when values of this type have keys.</summary>
    public bool HasKeys => _width > 0;

    /// <summary>False for a value that has no key: a long text, or the one number that stands for none.</summary>
    public bool TryGet(int row, out ValueKey key)
    {
        if (Validity.IsNull(_validity, row))
        {
            key = ValueKey.Null;
            return true;
        }

        key = _width switch
        {
            8 => new(((ulong*)_data)[row], 0),
            4 => new(((uint*)_data)[row], 0),
            Text => new(((ulong*)_data)[2 * row], ((ulong*)_data)[(2 * row) + 1]),
            2 => new(((ushort*)_data)[row], 0),
            _ => new(_data[row], 0),
        };
        return key.Low != ValueKey.Empty && (_width < Text || (uint)key.Low <= Inline);
    }

    /// <summary>Bytes of a value; a text is its length and, if it is short, its bytes. 0: no key.</summary>
    private static int Width(DuckDBType type) => type switch
    {
        DuckDBType.Boolean or DuckDBType.TinyInt or DuckDBType.UnsignedTinyInt => 1,
        DuckDBType.SmallInt or DuckDBType.UnsignedSmallInt => 2,
        DuckDBType.Integer or DuckDBType.UnsignedInteger or DuckDBType.Date or DuckDBType.Float => 4,
        DuckDBType.BigInt or DuckDBType.UnsignedBigInt or DuckDBType.Double or DuckDBType.Time or DuckDBType.Timestamp => 8,
        DuckDBType.Varchar => Text,
        _ => 0,
    };
}
