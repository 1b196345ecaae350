using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Rows in the binary form of PostgreSQL's COPY (its documentation, chapter COPY, "Binary Format"). Some rows are encoded at a time, column by
/// column: first it is measured how long each value becomes, which says where each row lies, then the columns are written into their places; so
/// nothing is decided or called for a single value. PostgreSQL keeps no NUL in a text: U+FFFD stands in its place.
/// </summary>
internal sealed class PostgresRows : RowEncoder
{
    /// <summary>Rows that are encoded together stay in the processor's cache meanwhile.</summary>
    private const int RowsAtOnce = 1024;

    private const int Missing = -1;
    private const int LengthBytes = 4;

    /// <summary>Days from 1970-01-01 to 2000-01-01, from which PostgreSQL counts.</summary>
    private const int DaysTo2000 = 10_957;

    private const long MicrosTo2000 = DaysTo2000 * 86_400_000_000L;

    /// <summary>What comes before the digits of a numeric: their number, the weight of the first, the sign, the decimals.</summary>
    private const int NumericHeader = 8;

    private const int NumericBase = 10_000;

    private static readonly long[] s_powers = [1, 10, 100, 1000];

    /// <summary>Where the next value of each row goes; while it is measured, how long the row is.</summary>
    private readonly int[] _at = new int[RowsAtOnce];

    /// <inheritdoc/>
    public override void Begin(ByteBlock block)
    {
        block.Write([.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8]);
        block.Int32(0);
        block.Int32(0);
    }

    /// <inheritdoc/>
    public override void End(ByteBlock block) => block.Int16(-1);

    /// <inheritdoc/>
    public override void Encode(RecordBatch batch, ByteBlock block)
    {
        for (var from = 0; from < batch.Length; from += RowsAtOnce) Encode(batch, from, Math.Min(RowsAtOnce, batch.Length - from), block);
    }

    private void Encode(RecordBatch batch, int from, int count, ByteBlock block)
    {
        var at = _at.AsSpan(0, count);
        at.Fill(sizeof(short) + (LengthBytes * batch.ColumnCount));
        for (var i = 0; i < batch.ColumnCount; i++) Measure(batch.Column(i), from, at);
        var length = 0;
        foreach (ref var place in at) (place, length) = (length, length + place);
        var rows = block.Take(length);
        foreach (ref var place in at)
        {
            BinaryPrimitives.WriteInt16BigEndian(rows[place..], (short)batch.ColumnCount);
            place += sizeof(short);
        }

        for (var i = 0; i < batch.ColumnCount; i++) Fill(batch.Column(i), from, at, rows);
    }

    /// <summary>Adds the bytes of each value, without its length, to those of its row.</summary>
    private static void Measure(IArrowArray column, int from, Span<int> at)
    {
        var there = new Presence(column, from);
        switch (column)
        {
            case BooleanArray:
                Fixed(there, sizeof(byte), at);
                break;
            case Int8Array or Int16Array or Int32Array or UInt8Array or UInt16Array or Date32Array:
                Fixed(there, sizeof(int), at);
                break;
            case Int64Array or UInt32Array or DoubleArray or TimestampArray or Time64Array:
                Fixed(there, sizeof(long), at);
                break;
            case StringArray a:
                var offsets = a.ValueOffsets.Slice(from, at.Length + 1);
                var bytes = a.ValueBuffer.Span;
                var nul = HasNul(offsets, bytes);
                for (var i = 0; i < at.Length; i++)
                {
                    if (!there[i]) continue;
                    at[i] += offsets[i + 1] - offsets[i];
                    if (nul) at[i] += bytes[offsets[i]..offsets[i + 1]].Count((byte)0) * ("\uFFFD"u8.Length - 1);
                }

                break;
            case UInt64Array a:
                var numbers = a.Values.Slice(from, at.Length);
                for (var i = 0; i < at.Length; i++)
                    if (there[i]) at[i] += Digits(numbers[i]);
                break;
            case Decimal128Array a:
                var values = Decimals(a, from, at.Length);
                var scale = ((Decimal128Type)a.Data.DataType).Scale;
                for (var i = 0; i < at.Length; i++)
                    if (there[i]) at[i] += NumericHeader + (sizeof(short) * Groups(Aligned(values[i], scale)));
                break;
            default:
                throw new NotSupportedException($"PostgreSQL is given no {column.Data.DataType.Name}.");
        }
    }

    /// <summary>Writes each value at its place, and moves that behind it.</summary>
    private static void Fill(IArrowArray column, int from, Span<int> at, Span<byte> rows)
    {
        var there = new Presence(column, from);
        switch (column)
        {
            case BooleanArray a:
                for (var i = 0; i < at.Length; i++)
                {
                    var value = Begin(there[i], sizeof(byte), ref at[i], rows);
                    if (value.Length > 0) value[0] = a.GetValue(from + i) == true ? (byte)1 : (byte)0;
                }

                break;
            case Int32Array a:
                Integers(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case Int8Array a:
                Integers(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case Int16Array a:
                Integers(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case UInt8Array a:
                Integers(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case UInt16Array a:
                Integers(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case Date32Array a:
                Integers(a.Values.Slice(from, at.Length), DaysTo2000, there, at, rows);
                break;
            case Int64Array a:
                Longs(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case UInt32Array a:
                Longs(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case DoubleArray a:
                Longs(MemoryMarshal.Cast<double, long>(a.Values.Slice(from, at.Length)), 0, there, at, rows);
                break;
            case TimestampArray a:
                Longs(a.Values.Slice(from, at.Length), MicrosTo2000, there, at, rows);
                break;
            case Time64Array a:
                Longs(a.Values.Slice(from, at.Length), 0, there, at, rows);
                break;
            case StringArray a:
                Texts(a.ValueOffsets.Slice(from, at.Length + 1), a.ValueBuffer.Span, there, at, rows);
                break;
            case UInt64Array a:
                var numbers = a.Values.Slice(from, at.Length);
                for (var i = 0; i < at.Length; i++)
                {
                    var digits = Begin(there[i], there[i] ? Digits(numbers[i]) : 0, ref at[i], rows);
                    if (digits.Length > 0) Utf8Formatter.TryFormat(numbers[i], digits, out _);
                }

                break;
            case Decimal128Array a:
                var values = Decimals(a, from, at.Length);
                var scale = ((Decimal128Type)a.Data.DataType).Scale;
                for (var i = 0; i < at.Length; i++) Numeric(values[i], scale, there[i], ref at[i], rows);
                break;
        }
    }

    private static void Fixed(Presence there, int size, Span<int> at)
    {
        for (var i = 0; i < at.Length; i++)
            if (there[i]) at[i] += size;
    }

    /// <summary>Writes the length of a value, or that it is missing, and gives its bytes to be written.</summary>
    private static Span<byte> Begin(bool there, int length, ref int at, Span<byte> rows)
    {
        BinaryPrimitives.WriteInt32BigEndian(rows[at..], there ? length : Missing);
        var value = there ? rows.Slice(at + LengthBytes, length) : [];
        at += LengthBytes + value.Length;
        return value;
    }

    private static void Integers<T>(ReadOnlySpan<T> values, int less, Presence there, Span<int> at, Span<byte> rows)
        where T : struct, IBinaryInteger<T>
    {
        for (var i = 0; i < at.Length; i++)
        {
            var value = Begin(there[i], sizeof(int), ref at[i], rows);
            if (value.Length > 0) BinaryPrimitives.WriteInt32BigEndian(value, int.CreateTruncating(values[i]) - less);
        }
    }

    private static void Longs<T>(ReadOnlySpan<T> values, long less, Presence there, Span<int> at, Span<byte> rows)
        where T : struct, IBinaryInteger<T>
    {
        for (var i = 0; i < at.Length; i++)
        {
            var value = Begin(there[i], sizeof(long), ref at[i], rows);
            if (value.Length > 0) BinaryPrimitives.WriteInt64BigEndian(value, long.CreateTruncating(values[i]) - less);
        }
    }

    private static void Texts(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> bytes, Presence there, Span<int> at, Span<byte> rows)
    {
        var nul = HasNul(offsets, bytes);
        for (var i = 0; i < at.Length; i++)
        {
            var text = bytes[offsets[i]..offsets[i + 1]];
            if (nul && there[i]) text = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(text).Replace('\0', '\uFFFD'));
            var value = Begin(there[i], text.Length, ref at[i], rows);
            if (value.Length > 0) text.CopyTo(value);
        }
    }

    private static bool HasNul(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> bytes) => bytes[offsets[0]..offsets[^1]].Contains((byte)0);

    /// <summary>A numeric: digits of base 10,000, the first of weight 10,000^weight, and how many decimals are shown.</summary>
    private static void Numeric(Int128 value, int scale, bool there, ref int at, Span<byte> rows)
    {
        var rest = there ? Aligned(value, scale) : 0;
        var count = Groups(rest);
        var numeric = Begin(there, NumericHeader + (sizeof(short) * count), ref at, rows);
        if (numeric.Length == 0) return;
        BinaryPrimitives.WriteInt16BigEndian(numeric, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(numeric[2..], (short)(count - GroupsAfter(scale) - 1));
        BinaryPrimitives.WriteInt16BigEndian(numeric[4..], value < 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(numeric[6..], (short)scale);
        for (var i = count - 1; i >= 0; i--)
        {
            // A division of 64 bits is many times faster than one of 128.
            (rest, var digit) = rest <= ulong.MaxValue ? Math.DivRem((ulong)rest, NumericBase) : UInt128.DivRem(rest, NumericBase);
            BinaryPrimitives.WriteInt16BigEndian(numeric[(NumericHeader + (sizeof(short) * i))..], (short)digit);
        }
    }

    private static ReadOnlySpan<Int128> Decimals(Decimal128Array column, int from, int count) =>
        MemoryMarshal.Cast<byte, Int128>(column.ValueBuffer.Span).Slice(column.Offset + from, count);

    /// <summary>The value without its sign, with as many zeros at its end that the point lies between digits of base 10,000.</summary>
    private static UInt128 Aligned(Int128 value, int scale) => (UInt128)(value < 0 ? -value : value) * (UInt128)s_powers[(GroupsAfter(scale) * 4) - scale];

    private static int GroupsAfter(int scale) => (scale + 3) / 4;

    /// <summary>Number of digits of base 10,000.</summary>
    private static int Groups(UInt128 value)
    {
        if (value <= ulong.MaxValue) return ((ulong)value == 0 ? 0 : Digits((ulong)value) + 3) / 4;
        var groups = 0;
        for (; value > 0; value /= NumericBase) groups++;
        return groups;
    }

    /// <summary>Number of decimal digits.</summary>
    private static int Digits(ulong value)
    {
        var digits = 1;
        for (; value >= NumericBase; value /= NumericBase) digits += 4;
        return digits + (value >= 1000 ? 3 : value >= 100 ? 2 : value >= 10 ? 1 : 0);
    }

    /// <summary>Which values of a column there are, from a row on.</summary>
    private readonly ref struct Presence(IArrowArray column, int from)
    {
        private readonly ReadOnlySpan<byte> _bits = column.NullCount == 0 ? [] : column.Data.Buffers[0].Span;
        private readonly int _first = column.Data.Offset + from;

        public bool this[int row] => _bits.IsEmpty || (_bits[(_first + row) >> 3] >> ((_first + row) & 7) & 1) == 1;
    }
}
