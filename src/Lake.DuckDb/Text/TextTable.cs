using DuckDB.NET.Data;
using DuckDB.NET.Native;
using NativeAppender = DuckDB.NET.Native.DuckDBAppender;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Text;

/// <summary>
/// A temporary table of text columns that decoded rows wait in: <c>record_number</c> and <c>byte_offset</c>, then one VARCHAR a column.
/// Filled in vectors through DuckDB's C interface, without an object or a string per value; spills to disk like any temporary table.
/// </summary>
public sealed unsafe class TextTable : IDisposable
{
    /// <summary>Column of the record number.</summary>
    public const string RecordColumn = "record_number";

    /// <summary>Column of the byte offset.</summary>
    public const string OffsetColumn = "byte_offset";

    /// <summary>Column of the number of the batch that a row is of, in a table for several.</summary>
    public const string BatchColumn = "batch_number";

    private const int InlineLength = 12;
    private const int ChunkRows = 2048;
    private readonly int _columns;
    private readonly int _fixed;
    private readonly NativeAppender _appender;
    private readonly DuckDBDataChunk _chunk;
    private readonly DuckDBLogicalType[] _types;
    private readonly IntPtr[] _vectors;
    private int _filled;
    private bool _closed;

    private TextTable(DuckDBConnection connection, string name, int columns, bool batched)
    {
        Name = name;
        _fixed = batched ? 3 : 2;
        _columns = columns;
        Check(NativeMethods.Appender.DuckDBAppenderCreateExt(connection.NativeConnection, "temp", "main", name, out _appender));
        _types = [.. Enumerable.Range(0, columns + _fixed).Select(i => NativeMethods.LogicalType.DuckDBCreateLogicalType(i < _fixed ? DuckDBType.BigInt : DuckDBType.Varchar))];
        _chunk = NativeMethods.DataChunks.DuckDBCreateDataChunk([.. _types.Select(t => t.DangerousGetHandle())], (ulong)_types.Length);
        _vectors = new IntPtr[_types.Length];
        Begin();
    }

    /// <summary>Name of the table.</summary>
    public string Name { get; }

    /// <summary>Rows appended so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Makes an empty table of these columns on the connection.</summary>
    /// <param name="batched">Whether it holds rows of several batches and has <see cref="BatchColumn"/>.</param>
    public static TextTable Create(DuckDBConnection connection, string name, IReadOnlyList<string> columns, bool batched = false)
    {
        var list = string.Concat(columns.Select(c => $", {Standards.Compile.Sql.Name(c)} VARCHAR"));
        connection.Execute($"CREATE OR REPLACE TEMP TABLE {Standards.Compile.Sql.Name(name)} ({RecordColumn} BIGINT, {OffsetColumn} BIGINT{(batched ? $", {BatchColumn} BIGINT" : "")}{list})");
        return new(connection, name, columns.Count, batched);
    }

    /// <summary>Fills such a table that is there already and empty.</summary>
    internal static TextTable Over(DuckDBConnection connection, string name, IReadOnlyList<string> columns, bool batched) => new(connection, name, columns.Count, batched);

    /// <summary>Adds rows; they have as many columns as the table.</summary>
    /// <param name="batch">The batch that they are of, in a table for several.</param>
    public void Append<TRows>(TRows rows, int batch = 0)
        where TRows : ITextRows, allows ref struct
    {
        for (var from = 0; from < rows.Rows;)
        {
            var count = Math.Min(rows.Rows - from, ChunkRows - _filled);
            FillPositions(rows, from, count, batch);
            for (var column = 0; column < _columns; column++) FillColumn(rows, column, from, count);
            _filled += count;
            from += count;
            if (_filled == ChunkRows) FlushChunk();
        }

        Rows += rows.Rows;
    }

    /// <summary>Ends the filling; the rows can be selected from here on.</summary>
    public void Complete()
    {
        if (_filled > 0) FlushChunk();
        Check(NativeMethods.Appender.DuckDBAppenderClose(_appender));
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _chunk.Dispose();
        foreach (var type in _types) type.Dispose();
        _appender.Dispose();
    }

    private void FillPositions<TRows>(TRows rows, int from, int count, int batch)
        where TRows : ITextRows, allows ref struct
    {
        var records = (long*)NativeMethods.Vectors.DuckDBVectorGetData(_vectors[0]);
        var offsets = (long*)NativeMethods.Vectors.DuckDBVectorGetData(_vectors[1]);
        for (var i = 0; i < count; i++)
        {
            records[_filled + i] = rows.Record(from + i);
            offsets[_filled + i] = rows.Offset(from + i);
        }

        if (_fixed == 3) new Span<long>((long*)NativeMethods.Vectors.DuckDBVectorGetData(_vectors[2]) + _filled, count).Fill(batch);
    }

    private void FillColumn<TRows>(TRows rows, int column, int from, int count)
        where TRows : ITextRows, allows ref struct
    {
        var vector = _vectors[column + _fixed];
        var data = (byte*)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        ulong* validity = null;
        for (var i = 0; i < count; i++)
        {
            var row = _filled + i;
            if (!rows.TryGet(column, from + i, out var text))
            {
                if (validity is null) validity = Validity(vector);
                validity[row >> 6] &= ~(1UL << (row & 63));
            }
            else if (text.Length <= InlineLength)
            {
                // duckdb_string_t: a length and up to twelve bytes in place, the rest zero.
                var cell = new Span<byte>(data + (row * 16), 16);
                cell.Clear();
                *(int*)(data + (row * 16)) = text.Length;
                text.CopyTo(cell[4..]);
            }
            else
            {
                fixed (byte* bytes = text) NativeMethods.Vectors.DuckDBVectorAssignStringElementLength(vector, (ulong)row, bytes, text.Length);
            }
        }
    }

    private static ulong* Validity(IntPtr vector)
    {
        NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(vector);
        return NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
    }

    private void FlushChunk()
    {
        NativeMethods.DataChunks.DuckDBDataChunkSetSize(_chunk, (ulong)_filled);
        Check(NativeMethods.Appender.DuckDBAppendDataChunk(_appender, _chunk));
        NativeMethods.DataChunks.DuckDBDataChunkReset(_chunk);
        Begin();
    }

    private void Begin()
    {
        _filled = 0;
        for (var i = 0; i < _vectors.Length; i++) _vectors[i] = NativeMethods.DataChunks.DuckDBDataChunkGetVector(_chunk, i);
    }

    private static void Check(DuckDBState state)
    {
        if (state != DuckDBState.Success) throw new InvalidOperationException("DuckDB refused to fill a staging table.");
    }
}
