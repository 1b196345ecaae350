namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>A value of a row; <see langword="default"/> is NULL.</summary>
internal readonly struct ShelfValue
{
    private readonly UInt128 _bits;

    private ShelfValue(UInt128 bits, ReadOnlyMemory<byte> text) => (IsThere, _bits, Text) = (true, bits, text);

    /// <summary>False for NULL.</summary>
    public bool IsThere { get; }

    /// <summary>A text, as UTF-8.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>A whole number, also a decimal one without its point; days since 1970-01-01, or microseconds; 1 for true.</summary>
    public long Long => (long)(ulong)_bits;

    public ulong Unsigned => (ulong)_bits;

    public UInt128 Key => _bits;

    public double Double => BitConverter.UInt64BitsToDouble((ulong)_bits);

    public static ShelfValue Of(ReadOnlyMemory<byte> text) => new(0, text);

    public static ShelfValue Of(long value) => new((ulong)value, default);

    public static ShelfValue Of(UInt128 bits) => new(bits, default);

    public static ShelfValue Of(double value) => new(BitConverter.DoubleToUInt64Bits(value), default);

    /// <summary>Compares two values that are there as the engine does: texts by their bytes, numbers by size, of which what is no number is the largest.</summary>
    public static int Compare(ShelfType type, in ShelfValue left, in ShelfValue right) => type switch
    {
        ShelfType.Text => left.Text.Span.SequenceCompareTo(right.Text.Span),
        ShelfType.UnsignedBigInt or ShelfType.UnsignedHugeInt => left._bits.CompareTo(right._bits),
        ShelfType.Double => Compare(left.Double, right.Double),
        _ => left.Long.CompareTo(right.Long),
    };

    private static int Compare(double left, double right) =>
        double.IsNaN(left) || double.IsNaN(right) ? double.IsNaN(left).CompareTo(double.IsNaN(right)) : left.CompareTo(right);
}
