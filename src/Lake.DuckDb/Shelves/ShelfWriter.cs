using System.Buffers.Binary;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using Yunnao.Lake.DuckDb.Functions;
using static DuckDB.NET.Native.NativeMethods;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// Writes a shelf: the head, block after block, the index, the foot. What grows with the rows is the index, 16 bytes for some hundred of them. They come in the order of the key.
/// </summary>
internal sealed unsafe class ShelfWriter : IDisposable
{
    /// <summary>Bytes of a block before it is packed, some more or less.</summary>
    private const int BlockBytes = 32 << 10;

    private readonly ShelfLayout _layout;
    private readonly FileStream _file;
    private readonly List<ulong> _firsts = [];
    private readonly List<long> _places = [];
    private readonly nint[] _values, _masks;
    private byte[] _raw = new byte[2 * BlockBytes], _packed = [];
    private long _place, _rows;
    private ulong _last;

    public ShelfWriter(string path, ShelfLayout layout)
    {
        _layout = layout;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        (_values, _masks) = (new nint[layout.Columns.Count], new nint[layout.Columns.Count]);
        Write(layout.Head());
    }

    /// <summary>Takes the next rows, in the columns of the layout. Fails when a key comes after a larger one.</summary>
    /// <param name="chunk">Of the engine.</param>
    public void Add(nint chunk)
    {
        var rows = (int)Native.ChunkSize(chunk);
        var bytes = 0L;
        for (var i = 0; i < _values.Length; i++)
        {
            var vector = Native.ChunkVector(chunk, (ulong)i);
            _values[i] = (nint)Vectors.DuckDBVectorGetData(vector);
            _masks[i] = (nint)Vectors.DuckDBVectorGetValidity(vector);
            bytes += _layout.Columns[i].Type == ShelfType.Text ? Texts(i, 0, rows) + ((long)ShelfBlock.Word * rows) : (long)_layout.Columns[i].Width * rows;
        }

        var atOnce = (int)Math.Max(1, rows / ((bytes / BlockBytes) + 1));
        for (var from = 0; from < rows; from += atOnce) WriteBlock(from, Math.Min(rows, from + atOnce));
    }

    /// <summary>Writes index and foot; on return all of it is on the disk.</summary>
    public void Finish()
    {
        _places.Add(_place);
        var index = _place;
        Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_firsts)));
        Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_places)));
        Write(_layout.Foot(index, _rows, CollectionsMarshal.AsSpan(_firsts), CollectionsMarshal.AsSpan(_places)));
        _file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void WriteBlock(int from, int to)
    {
        var length = Fill(from, to);
        var keys = (ulong*)_values[_layout.Key];
        for (var row = from; row < to; row++)
        {
            if (Validity.IsNull((ulong*)_masks[_layout.Key], row) || keys[row] < _last) throw new InvalidOperationException("The rows are not in the order of their key.");
            _last = keys[row];
        }

        _firsts.Add(keys[from]);
        _places.Add(_place);
        _rows += to - from;
        var most = LZ4Codec.MaximumOutputSize(length);
        if (_packed.Length < most) _packed = new byte[most];
        var packed = _packed.AsSpan(0, LZ4Codec.Encode(_raw.AsSpan(0, length), _packed.AsSpan()));
        Span<byte> head = stackalloc byte[ShelfLayout.BlockHead];
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], packed.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], _layout.Checksum(_place, length, packed));
        Write(head);
        Write(packed);
    }

    /// <summary>Puts rows into <see cref="_raw"/> and returns how many bytes that are.</summary>
    private int Fill(int from, int to)
    {
        var rows = to - from;
        var place = ShelfBlock.Word * (_layout.Columns.Count + 1);
        Room(place);
        BinaryPrimitives.WriteInt32LittleEndian(_raw, rows);
        for (var column = 0; column < _values.Length; column++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_raw.AsSpan(ShelfBlock.Word * (column + 1)), place);
            var text = _layout.Columns[column].Type == ShelfType.Text;
            var width = text ? ShelfBlock.Word : _layout.Columns[column].Width;
            var values = place + ShelfBlock.Mask(rows);
            var end = values + (width * rows);
            Room(end);
            _raw.AsSpan(place, end - place).Clear();
            var data = (byte*)_values[column];
            var mask = (ulong*)_masks[column];
            for (var row = 0; row < rows; row++)
            {
                if (Validity.IsNull(mask, from + row)) continue;
                _raw[place + (row >> 3)] |= (byte)(1 << (row & 7));

                // A text begins with its length.
                var value = data + ((text ? 16 : width) * (from + row));
                for (var i = 0; i < width; i++) _raw[values + (i * rows) + row] = value[i];
            }

            place = text ? FillTexts(column, from, to, end) : end;
        }

        return place;
    }

    private int FillTexts(int column, int from, int to, int place)
    {
        Room(checked((int)(place + Texts(column, from, to))));
        var texts = new TextVector(_values[column], (ulong*)_masks[column]);
        for (var row = from; row < to; row++)
        {
            if (!texts.TryGet(row, out var utf8)) continue;
            utf8.CopyTo(_raw.AsSpan(place));
            place += utf8.Length;
        }

        return place;
    }

    private long Texts(int column, int from, int to)
    {
        var texts = new TextVector(_values[column], (ulong*)_masks[column]);
        var bytes = 0L;
        for (var row = from; row < to; row++)
            if (texts.TryGet(row, out var utf8)) bytes += utf8.Length;
        return bytes;
    }

    private void Room(int bytes)
    {
        if (_raw.Length < bytes) Array.Resize(ref _raw, Math.Max(bytes, 2 * _raw.Length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _place += bytes.Length;
    }
}
