namespace Yunnao.Formats;

/// <summary>
/// Rows of text columns, column by column: UTF-8 bytes in one buffer a column, with an end offset per row; a null has no bytes and a mark.
/// Each row also has its record number and byte offset in the source. Grows as needed; <see cref="Clear"/> keeps the buffers.
/// </summary>
public sealed class TextBatch
{
    private readonly Column[] _columns;
    private long[] _records = new long[256];
    private long[] _offsets = new long[256];

    public TextBatch(int columns)
    {
        _columns = new Column[columns];
        for (var i = 0; i < columns; i++) _columns[i] = new Column();
    }

    /// <summary>Complete rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Columns, as many as the plan has.</summary>
    public int Columns => _columns.Length;

    /// <summary>Bytes of text held in complete rows.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sets a cell of the row being built. Setting it twice keeps the last value.</summary>
    public void Set(int column, ReadOnlySpan<byte> utf8) => _columns[column].Set(Rows, utf8);

    /// <summary>Sets a cell of the row being built to that of the row before; false when there is no row before in this batch.</summary>
    public bool TryRepeat(int column) => _columns[column].TryRepeat(Rows);

    /// <summary>Ends the row being built: cells not set are null.</summary>
    public void EndRow(long record, long offset)
    {
        foreach (var column in _columns) Bytes += column.Close(Rows);
        if (Rows == _records.Length)
        {
            Array.Resize(ref _records, Rows * 2);
            Array.Resize(ref _offsets, Rows * 2);
        }

        _records[Rows] = record;
        _offsets[Rows] = offset;
        Rows++;
    }

    /// <summary>Drops the cells of the row being built.</summary>
    public void AbandonRow()
    {
        foreach (var column in _columns) column.Abandon(Rows);
    }

    /// <summary>False when the cell is null.</summary>
    public bool TryGet(int column, int row, out ReadOnlySpan<byte> utf8) => _columns[column].TryGet(row, out utf8);

    /// <summary>Record number of a row, from 1.</summary>
    public long Record(int row) => _records[row];

    /// <summary>Byte offset of a row's record in the source, from 0.</summary>
    public long Offset(int row) => _offsets[row];

    /// <summary>Empties the batch and keeps its buffers.</summary>
    public void Clear()
    {
        Rows = 0;
        Bytes = 0;
        foreach (var column in _columns) column.Clear();
    }

    private sealed class Column
    {
        private byte[] _bytes = new byte[1024];
        private int[] _ends = new int[256];
        private int _closed;
        private bool _set;

        private int _length;

        private int Start(int row) => row == 0 ? 0 : _ends[row - 1] & int.MaxValue;

        public void Set(int row, ReadOnlySpan<byte> utf8)
        {
            var start = Start(row);
            if (_bytes.Length - start < utf8.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + utf8.Length));
            utf8.CopyTo(_bytes.AsSpan(start));
            _length = start + utf8.Length;
            _set = true;
        }

        public bool TryRepeat(int row)
        {
            if (row == 0) return false;
            if (TryGet(row - 1, out var utf8)) Set(row, utf8);
            return true;
        }

        /// <summary>Ends the cell and gives the bytes it holds.</summary>
        public int Close(int row)
        {
            if (row == _ends.Length) Array.Resize(ref _ends, row * 2);

            // The sign bit marks a null; the other 31 bits are the end offset.
            _ends[row] = _set ? _length : _length | int.MinValue;
            _set = false;
            _closed = row + 1;
            return _length - Start(row);
        }

        public void Abandon(int row)
        {
            _length = Start(row);
            _set = false;
        }

        public bool TryGet(int row, out ReadOnlySpan<byte> utf8)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, _closed);
            var end = _ends[row];
            if (end < 0)
            {
                utf8 = default;
                return false;
            }

            utf8 = _bytes.AsSpan(Start(row), end - Start(row));
            return true;
        }

        public void Clear()
        {
            _length = 0;
            _closed = 0;
            _set = false;
        }
    }
}
