using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>What writer and reader of a file of the shelves agree on (docs/layouts/shelf.md): rows in the order of one column, so that those of one value of it are read by one access.</summary>
internal sealed class ShelfLayout
{
    /// <summary>Bytes before a packed block: its length unpacked (4), packed (4), its checksum (8).</summary>
    public const int BlockHead = 16;

    /// <summary>Bytes of the foot: place of the index (8), blocks (8), rows (8), checksum (8), <see cref="s_magic"/> (8).</summary>
    public const int FootBytes = 40;

    private static readonly byte[] s_magic = "YNSHELF1"u8.ToArray();

    private ShelfLayout(ulong token, IReadOnlyList<ShelfColumn> columns, int key) => (Token, Columns, Key) = (token, columns, key);

    /// <summary>Names this one file; the lake knows which one holds.</summary>
    public ulong Token { get; }

    public IReadOnlyList<ShelfColumn> Columns { get; }

    /// <summary>The column in whose order the rows are: an unsigned number of 8 bytes.</summary>
    public int Key { get; }

    /// <summary>The rows of a data set by their persons.</summary>
    /// <param name="columns">As of <see cref="ColumnsOf"/>.</param>
    public static ShelfLayout OfRows(ulong token, IReadOnlyList<ShelfColumn> columns) => new(token, columns, Find(columns, SystemColumns.Subject));

    /// <summary>Of each row the lower half of its record key, in that order, and its person.</summary>
    public static ShelfLayout OfRecords(ulong token) => new(token, [new(SystemColumns.Record, "UBIGINT", ShelfType.UnsignedBigInt), new(SystemColumns.Subject, "UBIGINT", ShelfType.UnsignedBigInt)], 0);

    /// <summary>The columns that a shelf of a data set has, or null when it cannot have one: no persons, no table, or a type that it does not know.</summary>
    /// <param name="existing">Column → type of the table; null when there is none.</param>
    public static IReadOnlyList<ShelfColumn>? ColumnsOf(TableShape shape, IReadOnlyDictionary<string, string>? existing)
    {
        if (existing is null || shape.DataSet.Subject is null) return null;
        var columns = shape.Columns.Where(c => c.Name != SystemColumns.Rejected && existing.ContainsKey(c.Name))
            .Select(c => existing[c.Name] == c.SqlType ? ShelfColumn.Of(c.Name, c.SqlType) : null).ToList();
        return !columns.Contains(null) && existing.ContainsKey(SystemColumns.Subject) && existing.ContainsKey(SystemColumns.Record) ? columns!.ToList<ShelfColumn>() : null;
    }

    /// <summary>The place of a column, or -1.</summary>
    public static int Find(IReadOnlyList<ShelfColumn> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
            if (columns[i].Name == name) return i;
        return -1;
    }

    /// <summary>The bytes that a shelf begins with: magic (8), token (8), length of the text (4), names and types of the columns.</summary>
    public byte[] Head()
    {
        var text = Encoding.UTF8.GetBytes(string.Join('\n', Columns.Select(c => $"{c.Name}\t{c.SqlType}")));
        var head = new byte[20 + text.Length];
        s_magic.CopyTo(head, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(8), Token);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), text.Length);
        text.CopyTo(head, 20);
        return head;
    }

    /// <summary>The bytes that a shelf ends with.</summary>
    public byte[] Foot(long index, long rows, ReadOnlySpan<ulong> firsts, ReadOnlySpan<long> places)
    {
        var foot = new byte[FootBytes];
        BinaryPrimitives.WriteInt64LittleEndian(foot, index);
        BinaryPrimitives.WriteInt64LittleEndian(foot.AsSpan(8), firsts.Length);
        BinaryPrimitives.WriteInt64LittleEndian(foot.AsSpan(16), rows);
        var hash = new XxHash3((long)Token);
        hash.Append(Head());
        hash.Append(MemoryMarshal.AsBytes(firsts));
        hash.Append(MemoryMarshal.AsBytes(places));
        hash.Append(foot.AsSpan(0, 24));
        BinaryPrimitives.WriteUInt64LittleEndian(foot.AsSpan(24), hash.GetCurrentHashAsUInt64());
        s_magic.CopyTo(foot, 32);
        return foot;
    }

    /// <summary>Of a packed block of this file at this place.</summary>
    public ulong Checksum(long place, int length, ReadOnlySpan<byte> packed) => XxHash3.HashToUInt64(packed, (long)Token ^ place ^ ((long)length << 40));
}
