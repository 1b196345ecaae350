using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>
/// A file of the shelves that is read: the rows of one key are in one block, or in some that follow each other. Of the file nothing is in memory but the index. Used by many threads.
/// </summary>
internal sealed class ShelfFile : IDisposable
{
    /// <summary>What is in more blocks is left to the engine: some six milliseconds.</summary>
    public const int MostBlocks = 256;

    /// <summary>A longer block is none of ours.</summary>
    private const int LongestBlock = 1 << 28;

    private readonly SafeFileHandle _file;
    private readonly ShelfLayout _layout;
    private readonly ulong[] _firsts;
    private readonly long[] _places;

    private ShelfFile(SafeFileHandle file, ShelfLayout layout, ulong[] firsts, long[] places) => (_file, _layout, _firsts, _places) = (file, layout, firsts, places);

    public IReadOnlyList<ShelfColumn> Columns => _layout.Columns;

    public ulong Token => _layout.Token;

    /// <summary>True when a block turned out to be damaged: the file is of no use any more.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Opens a shelf; null when it is not there, damaged, of other columns or another one than it should be.</summary>
    public static ShelfFile? Open(string path, ShelfLayout layout)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            if (Index(file, layout) is not var (firsts, places)) return null;
            var opened = new ShelfFile(file, layout, firsts, places);
            file = null;
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>The rows of some keys, none where there are none; null when the engine has to answer.</summary>
    /// <param name="keys">In order.</param>
    /// <param name="most">Blocks that may be read.</param>
    public ShelfRows? Find(IReadOnlyList<ulong> keys, int most = MostBlocks)
    {
        if (IsDamaged) return null;
        var rows = new ShelfRows(_layout.Columns);
        var (whole, held) = (false, -1);
        ShelfBlock? read = null;
        try
        {
            foreach (var key in keys)
            {
                // The rows of a key may begin in the block before the first one that begins with it.
                var at = Array.BinarySearch(_firsts, key);
                at = at < 0 ? ~at : at;
                while (at > 0 && _firsts[at - 1] == key) at--;
                for (var block = Math.Max(0, at - 1); block < _firsts.Length && _firsts[block] <= key; block++)
                {
                    if (block != held)
                    {
                        if (rows.Blocks == most) return null;
                        if ((read = Read(block)) is null)
                        {
                            IsDamaged = true;
                            return null;
                        }

                        held = block;
                        rows.Hold(read);
                    }

                    rows.Add(read!.LowerBound(_layout.Key, key), key == ulong.MaxValue ? read.Rows : read.LowerBound(_layout.Key, key + 1));
                }
            }

            whole = true;
            return rows;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The disk is broken, or the file was taken away for a newer one.
            return null;
        }
        finally
        {
            if (!whole) rows.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (ulong[] Firsts, long[] Places)? Index(SafeFileHandle file, ShelfLayout layout)
    {
        var head = layout.Head();
        var (length, foot, begin) = (RandomAccess.GetLength(file), new byte[ShelfLayout.FootBytes], new byte[head.Length]);
        if (length < head.Length + foot.Length || !Fill(file, begin, 0) || !begin.AsSpan().SequenceEqual(head) || !Fill(file, foot, length - foot.Length)) return null;
        var (index, blocks, rows) = (BinaryPrimitives.ReadInt64LittleEndian(foot), BinaryPrimitives.ReadInt64LittleEndian(foot.AsSpan(8)), BinaryPrimitives.ReadInt64LittleEndian(foot.AsSpan(16)));
        if (blocks < 0 || blocks > length / 16 || index < head.Length || index + (16 * blocks) + 8 + foot.Length != length) return null;
        var (firsts, places) = (new ulong[blocks], new long[blocks + 1]);
        return Fill(file, MemoryMarshal.AsBytes(firsts.AsSpan()), index) && Fill(file, MemoryMarshal.AsBytes(places.AsSpan()), index + (8 * blocks))
            && layout.Foot(index, rows, firsts, places).AsSpan().SequenceEqual(foot) ? (firsts, places) : null;
    }

    private ShelfBlock? Read(int block)
    {
        var length = (int)(_places[block + 1] - _places[block]);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        byte[]? raw = null;
        try
        {
            if (!Fill(_file, bytes.AsSpan(0, length), _places[block])) return null;
            var unpacked = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var packed = bytes.AsSpan(ShelfLayout.BlockHead, length - ShelfLayout.BlockHead);
            if (packed.Length != BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4)) || unpacked is <= 0 or > LongestBlock
                || _layout.Checksum(_places[block], unpacked, packed) != BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8))) return null;
            raw = ArrayPool<byte>.Shared.Rent(unpacked);
            if (LZ4Codec.Decode(packed, raw.AsSpan(0, unpacked)) != unpacked) return null;
            var read = new ShelfBlock(raw, _layout.Columns);
            raw = null;
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            if (raw is not null) ArrayPool<byte>.Shared.Return(raw, clearArray: true);
        }
    }

    private static bool Fill(SafeFileHandle file, Span<byte> bytes, long place)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(file, bytes, place);
            if (read == 0) return false;
            bytes = bytes[read..];
            place += read;
        }

        return true;
    }
}
