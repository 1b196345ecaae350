using System.Buffers;
using System.Buffers.Binary;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// Some hundred rows, unpacked. All numbers little-endian: rows (4 bytes), for each column where its part begins (4), then the parts. A part is a bit a row, set where there
/// is a value; then the values byte by byte, the first byte of every row, the second of every row and so on, which is what makes them pack well. A text has its length (4)
/// there, and the bytes of all texts behind. <see cref="ShelfWriter"/> writes it.
/// </summary>
internal sealed class ShelfBlock(byte[] rented, IReadOnlyList<ShelfColumn> columns) : IDisposable
{
    /// <summary>Bytes of the length of a text, of the number of rows, and of a place.</summary>
    public const int Word = 4;

    public int Rows { get; } = BinaryPrimitives.ReadInt32LittleEndian(rented);

    /// <summary>Bytes of the bits that say where there are values.</summary>
    public static int Mask(int rows) => (rows + 7) / 8;

    /// <summary>Reads values of a column; texts stay in the block.</summary>
    /// <param name="first">Row of the first value.</param>
    /// <param name="into">As many as are wanted.</param>
    public void Read(int column, int first, Span<ShelfValue> into)
    {
        var start = BinaryPrimitives.ReadInt32LittleEndian(rented.AsSpan(Word * (column + 1)));
        var (type, width, values) = (columns[column].Type, columns[column].Width, start + Mask(Rows));
        if (type == ShelfType.Text)
        {
            ReadTexts(start, values, first, into);
            return;
        }

        for (var i = 0; i < into.Length; i++)
        {
            into[i] = !IsThere(start, first + i) ? default : type switch
            {
                ShelfType.UnsignedHugeInt => ShelfValue.Of(new UInt128(Gather(values + (8 * Rows), 8, first + i), Gather(values, 8, first + i))),
                ShelfType.UnsignedBigInt or ShelfType.Double => ShelfValue.Of((UInt128)Gather(values, width, first + i)),
                ShelfType.Integer or ShelfType.Date => ShelfValue.Of((long)(int)Gather(values, width, first + i)),
                _ => ShelfValue.Of((long)Gather(values, width, first + i)),
            };
        }
    }

    /// <summary>The first row whose value in a column of 8 bytes, which are all there and in order, is not less.</summary>
    public int LowerBound(int column, ulong value)
    {
        var values = BinaryPrimitives.ReadInt32LittleEndian(rented.AsSpan(Word * (column + 1))) + Mask(Rows);
        var (low, high) = (0, Rows);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Gather(values, 8, middle) < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(rented, clearArray: true);

    private void ReadTexts(int start, int values, int first, Span<ShelfValue> into)
    {
        var place = values + (Word * Rows);
        for (var row = 0; row < first; row++) place += (int)Gather(values, Word, row);
        for (var i = 0; i < into.Length; i++)
        {
            var length = (int)Gather(values, Word, first + i);
            into[i] = IsThere(start, first + i) ? ShelfValue.Of(rented.AsMemory(place, length)) : default;
            place += length;
        }
    }

    private bool IsThere(int start, int row) => (rented[start + (row >> 3)] & (1 << (row & 7))) != 0;

    private ulong Gather(int values, int width, int row)
    {
        ulong value = 0;
        for (var i = 0; i < width; i++) value |= (ulong)rented[values + (i * Rows) + row] << (8 * i);
        return value;
    }
}
