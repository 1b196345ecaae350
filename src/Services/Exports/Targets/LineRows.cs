using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Rows as lines of cells. Truths are 1 and 0, numbers and times those of the invariant culture.</summary>
/// <param name="separator">Between the cells.</param>
/// <param name="more">What to put at the end of each line, with the separator before it.</param>
internal abstract class LineRows(byte separator, string more = "") : RowEncoder
{
    private const int LongestNumber = 64;

    private readonly byte[] _end = System.Text.Encoding.UTF8.GetBytes(more + "\n");

    /// <summary>Writes the value of a row of a column.</summary>
    private delegate void Cell(ByteBlock block, int row);

    /// <inheritdoc/>
    public override void Encode(RecordBatch batch, ByteBlock block)
    {
        // How a column is written is decided once a batch, not once a value.
        var columns = ColumnsOf(batch);
        var cells = new Cell[columns.Count];
        for (var i = 0; i < cells.Length; i++) cells[i] = CellOf(batch.Column(columns[i]));
        var wanted = RowsOf(batch);
        for (var row = 0; row < batch.Length; row++)
        {
            if (wanted is not null && !wanted(row)) continue;
            EncodeRow(cells, row, block);
            block.Rows++;
        }
    }

    /// <summary>The places of the columns that make a line, in its order.</summary>
    protected virtual IReadOnlyList<int> ColumnsOf(RecordBatch batch) => [.. Enumerable.Range(0, batch.ColumnCount)];

    /// <summary>Which rows become lines; null for all.</summary>
    protected virtual Func<int, bool>? RowsOf(RecordBatch batch) => null;

    /// <summary>Writes a text as a cell.</summary>
    protected abstract void Text(ReadOnlySpan<byte> text, ByteBlock block);

    /// <summary>Writes the cell of a missing value.</summary>
    protected abstract void Missing(ByteBlock block);

    private void EncodeRow(Cell[] cells, int row, ByteBlock block)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) block.Write(separator);
            cells[i](block, row);
        }

        block.Write(_end);
    }

    private Cell CellOf(IArrowArray column)
    {
        Cell present = column switch
        {
            StringArray a => (b, r) => Text(a.GetBytes(r), b),
            UInt64Array a => (b, r) => Format(a.Values[r], b),
            BooleanArray a => (b, r) => b.Write(a.GetValue(r) == true ? (byte)'1' : (byte)'0'),
            Int32Array a => (b, r) => Format(a.Values[r], b),
            Int8Array a => (b, r) => Format(a.Values[r], b),
            Int16Array a => (b, r) => Format(a.Values[r], b),
            UInt8Array a => (b, r) => Format(a.Values[r], b),
            UInt16Array a => (b, r) => Format(a.Values[r], b),
            Int64Array a => (b, r) => Format(a.Values[r], b),
            UInt32Array a => (b, r) => Format(a.Values[r], b),
            DoubleArray a => (b, r) => Format(a.Values[r], b, "R"),
            Date32Array a => (b, r) => Format(DateOnly.FromDayNumber(a.Values[r] + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber), b, "yyyy-MM-dd"),
            TimestampArray a => (b, r) => Format(DateTime.UnixEpoch.AddTicks(a.Values[r] * TimeSpan.TicksPerMicrosecond), b, "yyyy-MM-dd HH:mm:ss.ffffff"),
            Time64Array a => (b, r) => Format(new TimeOnly(a.Values[r] * TimeSpan.TicksPerMicrosecond), b, "HH:mm:ss.ffffff"),
            Decimal128Array a => (b, r) => Number(MemoryMarshal.Read<Int128>(a.ValueBuffer.Span.Slice((a.Offset + r) * 16, 16)), ((Decimal128Type)a.Data.DataType).Scale, b),
            _ => throw new NotSupportedException($"No line is made of a {column.Data.DataType.Name}."),
        };
        if (column.NullCount == 0) return present;
        return (b, r) =>
        {
            if (column.IsNull(r)) Missing(b);
            else present(b, r);
        };
    }

    private static void Format<T>(T value, ByteBlock block, string? format = null)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(block.Take(LongestNumber), out var written, format, CultureInfo.InvariantCulture);
        block.GiveBack(LongestNumber - written);
    }

    private static void Number(Int128 value, int scale, ByteBlock block)
    {
        if (value < 0) block.Write((byte)'-');
        Span<byte> digits = stackalloc byte[LongestNumber];
        (value < 0 ? -value : value).TryFormat(digits, out var length, $"D{scale + 1}", CultureInfo.InvariantCulture);
        block.Write(digits[..(length - scale)]);
        if (scale == 0) return;
        block.Write((byte)'.');
        block.Write(digits[(length - scale)..length]);
    }
}
