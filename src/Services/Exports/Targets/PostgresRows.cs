using System.Buffers.Text;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Rows in the binary form of PostgreSQL's COPY (its documentation, chapter COPY, "Binary Format"). PostgreSQL keeps no NUL in a text: U+FFFD stands in its place.</summary>
internal sealed class PostgresRows : RowEncoder
{
    private const int Missing = -1;

    /// <summary>Days from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.</summary>
    private const int DaysTo2000 = 10_957;

    private const long MicrosTo2000 = DaysTo2000 * 86_400_000_000L;
    private const int MostDigits = 24;

    private static readonly long[] s_powers = [1, 10, 100, 1000];

    /// <inheritdoc/>
    public override void Begin(ByteBlock block)
    {
        block.Write([.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8]);
        block.Int32(0);
        block.Int32(0);
    }

    /// <inheritdoc/>
    public override void End(ByteBlock block) => block.Int16(-1);

    protected override void EncodeRow(Cell[] cells, int row, ByteBlock block)
    {
        block.Int16((short)cells.Length);
        foreach (var cell in cells) cell(block, row);
    }

    protected override Cell CellOf(IArrowArray column)
    {
        Cell present = column switch
        {
            StringArray a => (b, r) => Text(a.GetBytes(r), b),
            UInt64Array a => (b, r) => Digits(a.Values[r], b),
            BooleanArray a => (b, r) => b.Int32Then(1).Write(a.GetValue(r) == true ? (byte)1 : (byte)0),
            Int32Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r]),
            Int8Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r]),
            Int16Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r]),
            UInt8Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r]),
            UInt16Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r]),
            Int64Array a => (b, r) => b.Int32Then(8).Int64(a.Values[r]),
            UInt32Array a => (b, r) => b.Int32Then(8).Int64(a.Values[r]),
            DoubleArray a => (b, r) => b.Int32Then(8).Int64(BitConverter.DoubleToInt64Bits(a.Values[r])),
            Date32Array a => (b, r) => b.Int32Then(4).Int32(a.Values[r] - DaysTo2000),
            TimestampArray a => (b, r) => b.Int32Then(8).Int64(a.Values[r] - MicrosTo2000),
            Time64Array a => (b, r) => b.Int32Then(8).Int64(a.Values[r]),
            Decimal128Array a => (b, r) => Numeric(MemoryMarshal.Read<Int128>(a.ValueBuffer.Span.Slice((a.Offset + r) * 16, 16)), ((Decimal128Type)a.Data.DataType).Scale, b),
            _ => throw new NotSupportedException($"PostgreSQL is given no {column.Data.DataType.Name}."),
        };
        if (column.NullCount == 0) return present;
        return (b, r) =>
        {
            if (column.IsNull(r)) b.Int32(Missing);
            else present(b, r);
        };
    }

    private static void Text(ReadOnlySpan<byte> text, ByteBlock block)
    {
        if (text.Contains((byte)0)) text = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(text).Replace('\0', '\uFFFD'));
        block.Int32(text.Length);
        block.Write(text);
    }

    private static void Digits(ulong number, ByteBlock block)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        Utf8Formatter.TryFormat(number, digits, out var length);
        block.Int32(length);
        block.Write(digits[..length]);
    }

    /// <summary>A numeric: digits of base 10,000, the first of weight 10,000^weight, and how many decimals are shown.</summary>
    private static void Numeric(Int128 value, int scale, ByteBlock block)
    {
        var (negative, rest) = (value < 0, value < 0 ? -value : value);

        // The point lies between digits of base 10,000.
        var after = (scale + 3) / 4;
        rest *= s_powers[(after * 4) - scale];
        Span<short> digits = stackalloc short[12];
        var count = 0;
        for (; rest > 0; rest /= 10_000) digits[count++] = (short)(rest % 10_000);
        block.Int32(8 + (count * 2));
        block.Int16((short)count);
        block.Int16((short)(count - after - 1));
        block.Int16(negative ? (short)0x4000 : (short)0);
        block.Int16((short)scale);
        while (count > 0) block.Int16(digits[--count]);
    }
}
