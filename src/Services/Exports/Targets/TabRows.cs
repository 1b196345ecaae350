using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Yunnao.Services.Exports.Targets;

/// <summary>
/// Rows as lines of cells parted by tabs, escaped by backslashes, <c>\N</c> for a missing value: what <c>LOAD DATA</c> of MySQL and
/// <c>TabSeparated</c> of ClickHouse both read. Truths are 1 and 0.
/// </summary>
/// <param name="more">Cells to put at the end of each line, with the tab before them.</param>
internal sealed class TabRows(string more = "") : RowEncoder
{
    private const int LongestNumber = 64;

    private static readonly SearchValues<byte> s_special = SearchValues.Create("\\\t\n\r\0"u8);

    private readonly byte[] _end = System.Text.Encoding.UTF8.GetBytes(more + "\n");

    /// <summary>Writes the value of a row of a column.</summary>
    private delegate void Cell(ByteBlock block, int row);

    /// <inheritdoc/>
    public override void Encode(RecordBatch batch, ByteBlock block)
    {
        // How a column is written is decided once a batch, not once a value.
        var cells = new Cell[batch.ColumnCount];
        for (var i = 0; i < cells.Length; i++) cells[i] = CellOf(batch.Column(i));
        for (var row = 0; row < batch.Length; row++) EncodeRow(cells, row, block);
    }

    private void EncodeRow(Cell[] cells, int row, ByteBlock block)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) block.Write((byte)'\t');
            cells[i](block, row);
        }

        block.Write(_end);
    }

    private static Cell CellOf(IArrowArray column)
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
            if (column.IsNull(r)) b.Write("\\N"u8);
            else present(b, r);
        };
    }

    private static void Text(ReadOnlySpan<byte> text, ByteBlock block)
    {
        while (text.IndexOfAny(s_special) is >= 0 and var at)
        {
            block.Write(text[..at]);
            block.Write((byte)'\\');
            block.Write(text[at] switch { (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', 0 => (byte)'0', _ => (byte)'\\' });
            text = text[(at + 1)..];
        }

        block.Write(text);
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
