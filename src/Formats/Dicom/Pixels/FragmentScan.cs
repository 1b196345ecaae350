using System.Buffers;
using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>The fragments of encapsulated pixel data, and which of them make a frame.</summary>
internal sealed class FragmentScan
{
    private const int ItemHead = 8;
    private const int Peek = 4;
    private readonly List<(long Offset, long Length, uint Begins)> _fragments = [];
    private long[] _table = [];
    private bool _hasTable;

    /// <summary>Adds an item; the first is the basic offset table.</summary>
    public void Add(long offset, long length, ReadOnlySpan<byte> bytes)
    {
        if (_hasTable)
        {
            _fragments.Add((offset, length, bytes.Length >= Peek ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0));
            return;
        }

        _hasTable = true;
        _table = new long[bytes.Length / 4];
        for (var i = 0; i < _table.Length; i++) _table[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * 4)..]);
    }

    /// <summary>Reads the heads of the items from a file.</summary>
    public async ValueTask ReadAsync(Stream stream, long offset, CancellationToken cancel)
    {
        var head = new byte[ItemHead + Peek];
        var end = stream.Length;
        while (end - offset >= ItemHead)
        {
            stream.Position = offset;
            var there = await stream.ReadAtLeastAsync(head, (int)Math.Min(head.Length, end - offset), throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            if (there < ItemHead || BinaryPrimitives.ReadUInt32LittleEndian(head) != 0xE000_FFFE) return;
            offset += ItemHead;
            var length = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)), end - offset);
            if (_hasTable)
            {
                Add(offset, length, head.AsSpan(ItemHead, Math.Min(Peek, there - ItemHead)));
            }
            else
            {
                var table = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, 1 << 28));
                stream.Position = offset;
                var size = await stream.ReadAtLeastAsync(table.AsMemory(0, (int)Math.Min(length, 1 << 28)), (int)Math.Min(length, 1 << 28), throwOnEndOfStream: false, cancel).ConfigureAwait(false);
                Add(offset, length, table.AsSpan(0, size));
                ArrayPool<byte>.Shared.Return(table);
            }

            offset += length;
        }
    }

    /// <summary>The frames.</summary>
    /// <param name="frames">Number of frames that the object says it has.</param>
    /// <param name="set">The data set, for the extended offset table.</param>
    public FrameSpan[] Frames(int frames, DicomDataSet set)
    {
        if (_fragments.Count == 0) return [];
        if (frames == 1) return [Span(0, _fragments.Count)];
        if (Extended(set) is { Length: > 0 } extended && ByTable(extended, frames) is { } found) return found;
        if (_table.Length > 0 && ByTable(_table, frames) is { } basic) return basic;
        if (_fragments.Count <= frames) return [.. Enumerable.Range(0, _fragments.Count).Select(i => Span(i, 1))];
        return ByContent(frames);
    }

    private static long[] Extended(DicomDataSet set)
    {
        if (!set.TryGet(Tags.ExtendedOffsetTable, out var element) || element.IsDeferred) return [];
        var table = new long[element.Value.Length / 8];
        for (var i = 0; i < table.Length; i++) table[i] = BinaryPrimitives.ReadInt64LittleEndian(element.Value.Span[(i * 8)..]);
        return table;
    }

    /// <summary>Offsets count from the head of the first fragment. Null when they do not hit fragments: then the table is a lie.</summary>
    private FrameSpan[]? ByTable(long[] table, int frames)
    {
        var count = Math.Min(frames, table.Length);
        var first = _fragments[0].Offset;
        var spans = new List<FrameSpan>(Math.Min(count, _fragments.Count));
        var fragment = 0;
        for (var i = 0; i < count && fragment < _fragments.Count; i++)
        {
            if (_fragments[fragment].Offset - first != table[i]) return null;
            var next = fragment + 1;
            if (i + 1 == count) next = table.Length == frames ? _fragments.Count : next;
            else while (next < _fragments.Count && _fragments[next].Offset - first < table[i + 1]) next++;
            spans.Add(Span(fragment, next - fragment));
            fragment = next;
        }

        return [.. spans];
    }

    /// <summary>A frame begins where a code stream does: JPEG and JPEG-LS with FFD8, JPEG 2000 with FF4F; RLE has one fragment a frame.</summary>
    private FrameSpan[] ByContent(int frames)
    {
        var starts = new List<int>();
        for (var i = 0; i < _fragments.Count; i++)
            if (_fragments[i].Begins >> 16 is 0xFFD8 or 0xFF4F) starts.Add(i);
        if (starts.Count == 0 || starts[0] != 0) return [.. Enumerable.Range(0, Math.Min(frames, _fragments.Count)).Select(i => Span(i, 1))];
        var spans = new FrameSpan[Math.Min(frames, starts.Count)];
        for (var i = 0; i < spans.Length; i++) spans[i] = Span(starts[i], (i + 1 < starts.Count ? starts[i + 1] : _fragments.Count) - starts[i]);
        return spans;
    }

    private FrameSpan Span(int fragment, int count)
    {
        var last = _fragments[fragment + count - 1];
        var first = _fragments[fragment];
        return new(first.Offset, last.Offset + last.Length - first.Offset, 0, count, count > 1 ? first.Length : 0);
    }
}
