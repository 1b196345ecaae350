using System.Buffers.Binary;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>Makes of values what the engine gives out of them: Arrow columns of the same types.</summary>
internal static class ShelfArrow
{
    /// <summary>The type of a column in an answer.</summary>
    public static IArrowType TypeOf(ShelfColumn column) => column.Type switch
    {
        ShelfType.Text => StringType.Default,
        ShelfType.Boolean => BooleanType.Default,
        ShelfType.Integer => Int32Type.Default,
        ShelfType.BigInt => Int64Type.Default,
        ShelfType.UnsignedBigInt => UInt64Type.Default,
        ShelfType.Double => DoubleType.Default,
        ShelfType.Decimal => new Decimal128Type(column.Digits.Precision, column.Digits.Scale),
        ShelfType.Date => Date32Type.Default,
        ShelfType.Timestamp => new TimestampType(TimeUnit.Microsecond, (string?)null),
        ShelfType.Time => new Time64Type(TimeUnit.Microsecond),
        _ => throw new ArgumentException($"No answer has a {column.Type}.", nameof(column)),
    };

    /// <summary>The values of some rows.</summary>
    public static IArrowArray Build(ShownValues column, IReadOnlyList<int> rows)
    {
        var (mask, missing) = (new byte[(rows.Count + 7) / 8], 0);
        for (var i = 0; i < rows.Count; i++)
        {
            if (column.Values[rows[i]].IsThere) mask[i >> 3] |= (byte)(1 << (i & 7));
            else missing++;
        }

        ArrowBuffer[] buffers = column.Type.Type == ShelfType.Text ? [new(mask), .. Texts(column, rows)] : [new(mask), new(Numbers(column, rows))];
        return ArrowArrayFactory.BuildArray(new ArrayData(TypeOf(column.Type), rows.Count, missing, 0, buffers));
    }

    private static ArrowBuffer[] Texts(ShownValues column, IReadOnlyList<int> rows)
    {
        var (ends, length) = (new byte[4 * (rows.Count + 1)], 0);
        for (var i = 0; i < rows.Count; i++)
        {
            length += column.Values[rows[i]].Text.Length;
            BinaryPrimitives.WriteInt32LittleEndian(ends.AsSpan(4 * (i + 1)), length);
        }

        var (bytes, place) = (new byte[length], 0);
        foreach (var row in rows)
        {
            column.Values[row].Text.Span.CopyTo(bytes.AsSpan(place));
            place += column.Values[row].Text.Length;
        }

        return [new(ends), new(bytes)];
    }

    private static byte[] Numbers(ShownValues column, IReadOnlyList<int> rows)
    {
        var type = column.Type.Type;
        var width = type switch { ShelfType.Boolean => 0, ShelfType.Decimal => 16, _ => column.Type.Width };
        var bytes = new byte[type == ShelfType.Boolean ? (rows.Count + 7) / 8 : width * rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var value = column.Values[rows[i]];
            switch (width)
            {
                case 0: bytes[i >> 3] |= (byte)(value.Long << (i & 7)); break;
                case 4: BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), (int)value.Long); break;
                case 8: BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), value.Long); break;
                default: BinaryPrimitives.WriteInt128LittleEndian(bytes.AsSpan(16 * i), value.Long); break;
            }
        }

        return bytes;
    }
}
