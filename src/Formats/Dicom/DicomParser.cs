using System.Buffers;
using System.Buffers.Binary;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// Reads a data set (PS3.5 7) from bytes into nodes. Lengths are lies until the bytes are there: nothing is allocated by what a length says.
/// Input may come in pieces: <see cref="Run"/> stops at the last whole element of the top level and goes on from there with more bytes.
/// </summary>
internal sealed class DicomParser : IDisposable
{
    /// <summary>Deeper nesting is not read; the standard's deepest objects (structured reports) stay below 30.</summary>
    public const int MostDepth = 100;

    private const uint Item = 0xFFFE_E000;
    private const uint ItemEnd = 0xFFFE_E00D;
    private const uint SequenceEnd = 0xFFFE_E0DD;
    private const uint Undefined = uint.MaxValue;

    private readonly ProblemList _problems;
    private readonly NodeList _tape = new();
    private readonly NodeList _open = new();
    private readonly List<DeferredValue> _deferred = [];
    private bool _explicit;
    private bool _big;
    private bool _signed;
    private bool _partial;

    public DicomParser(ProblemList problems, TransferSyntax syntax, long shift = 0)
    {
        _problems = problems;
        (_explicit, _big) = (syntax.IsExplicit, syntax.IsBigEndian);
        Shift = shift;
    }

    /// <summary>Where in the bytes the next element of the top level begins.</summary>
    public int Position { get; set; }

    /// <summary>What to add to a position to have the offset in the file.</summary>
    public long Shift { get; set; }

    /// <summary>True: only elements of group 0002 belong to the set.</summary>
    public bool MetaOnly { get; init; }

    /// <summary>True: the set ends where pixel data begins, which is noted as deferred.</summary>
    public bool StopAtPixels { get; init; }

    /// <summary>Longer values of the top level are left out and skipped.</summary>
    public uint LargestValue { get; init; } = Undefined;

    /// <summary>Bytes to skip after <see cref="Step.Skip"/>.</summary>
    public long SkipLength { get; private set; }

    /// <summary>True when the set ended inside an element.</summary>
    public bool Truncated { get; private set; }

    /// <summary>What a run ended with.</summary>
    public enum Step
    {
        /// <summary>The set is read.</summary>
        Done,

        /// <summary>More bytes are needed behind those given.</summary>
        More,

        /// <summary>At <see cref="Position"/> a value of <see cref="SkipLength"/> bytes is to be left out; go on with the bytes after it.</summary>
        Skip,
    }

    /// <summary>Reads on.</summary>
    /// <param name="bytes">All bytes that were kept so far, and new ones behind them.</param>
    /// <param name="final">True when no more bytes will come.</param>
    public Step Run(ReadOnlySpan<byte> bytes, bool final)
    {
        _partial = !final;
        while (Position < bytes.Length)
        {
            var (position, open, tape, problems) = (Position, _open.Count, _tape.Count, _problems.Count);
            if (MetaOnly && bytes.Length - position >= 2 && BinaryPrimitives.ReadUInt16LittleEndian(bytes[position..]) != 2) return Step.Done;
            if (!Element(bytes, ref position, bytes.Length, depth: 0, out var step))
            {
                _open.Cut(open);
                _tape.Cut(tape);
                _problems.Cut(problems);
                return Step.More;
            }

            Position = position;
            if (step != Step.More) return step;
        }

        return final ? Step.Done : Step.More;
    }

    /// <summary>The set as read so far.</summary>
    public DicomDataSet Finish(ReadOnlyMemory<byte> bytes)
    {
        Settle(0, Position);
        var start = _tape.Count;
        _tape.AddRange(_open.From(0));
        var source = new ParsedSource(bytes, _tape.From(0).ToArray(), _deferred.Count == 0 ? [] : [.. _deferred]);
        return new DicomDataSet(source, start, source.Nodes.Length - start, parent: null);
    }

    public void Dispose()
    {
        _tape.Dispose();
        _open.Dispose();
    }

    /// <summary>Reads one element and adds it to the open set. False: more bytes are needed. Step.More means "go on".</summary>
    private bool Element(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, out Step step)
    {
        step = Step.More;
        var at = position;
        if (!Header(bytes, ref position, end, out var tag, out var vr, out var length, out var letters))
        {
            if (_partial) return false;
            _problems.Truncated(Shift + at, tag);
            Truncated = true;
            position = end;
            return true;
        }

        if (tag >= Item && tag >> 16 == 0xFFFE)
        {
            _problems.Delimiter(Shift + at, tag);
            if (tag == Item && length != Undefined && depth == 0 && length <= (uint)(end - position)) position += (int)length;
            return true;
        }

        var flags = _big ? NodeFlags.BigEndian : NodeFlags.None;
        if (vr == Vr.UN && letters == 0 && _explicit && length != Undefined)
        {
            // What the dictionary knows is read by it; all that is in a value of UN is in implicit little endian (PS3.5 6.2.2).
            vr = UnnamedVr(tag, length);
            flags = vr == Vr.UN ? flags : NodeFlags.Unnamed;
        }

        if (StopAtPixels && depth == 0 && tag is 0x7FE0_0010 or 0x7FE0_0008 or 0x7FE0_0009)
        {
            Defer(tag, vr, flags, letters, position, length);
            step = Step.Done;
            return true;
        }

        if (length == Undefined) return Open(bytes, ref position, end, depth, tag, vr, flags);
        if (vr == Vr.SQ) return flags == NodeFlags.Unnamed ? UnnamedSequence(bytes, ref position, end, depth, tag, length) : Sequence(bytes, ref position, end, depth, tag, vr, length, flags);
        if (depth == 0 && length > LargestValue)
        {
            Defer(tag, vr, flags, letters, position, length);
            SkipLength = length;
            step = Step.Skip;
            return true;
        }

        if (length > (uint)(end - position))
        {
            if (_partial && end == bytes.Length) return false;
            if (end == bytes.Length)
            {
                _problems.Truncated(Shift + at, tag);
                Truncated = true;
            }
            else
            {
                _problems.Length(Shift + at, tag);
            }

            length = (uint)(end - position);
            flags |= NodeFlags.Cut;
        }

        if ((length & 1) == 1 && (flags & NodeFlags.Cut) == 0) _problems.OddLength(Shift + at, tag);
        if (tag == 0x0028_0103 && length >= 2) _signed = (_big ? bytes[position + 1] : bytes[position]) == 1;
        _open.Add(new(tag, vr, flags, letters, position, length));
        position += (int)length;
        return true;
    }

    private void Defer(uint tag, Vr vr, NodeFlags flags, ushort letters, int position, uint length)
    {
        _open.Add(new(tag, vr, flags | NodeFlags.Deferred | (length == Undefined ? NodeFlags.Undefined : 0), letters, _deferred.Count, length));
        _deferred.Add(new(new(tag), vr, Shift + position, length == Undefined ? -1 : length));
    }

    private bool Header(ReadOnlySpan<byte> bytes, ref int position, int end, out uint tag, out Vr vr, out uint length, out ushort letters)
    {
        (tag, vr, length, letters) = (0, Vr.None, 0, 0);
        if (end - position < 8) return false;
        var head = bytes.Slice(position, 8);
        tag = Tag(head);
        if (tag >> 16 == 0xFFFE)
        {
            length = UInt32(head[4..]);
            position += 8;
            return true;
        }

        if (!_explicit)
        {
            length = UInt32(head[4..]);
            vr = ImplicitVr(tag, length);
            position += 8;
            return true;
        }

        vr = VrFacts.Parse(head[4], head[5]);
        if (vr == Vr.None) return UnknownVr(bytes, ref position, end, tag, out vr, out length, out letters);
        if (!vr.HasLongLength())
        {
            length = _big ? BinaryPrimitives.ReadUInt16BigEndian(head[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
            position += 8;
            return true;
        }

        if (end - position < 12) return false;
        length = UInt32(bytes.Slice(position + 8, 4));
        position += 12;
        return true;
    }

    /// <summary>
    /// A representation of letters that are not known is one the standard may add, with a long length (PS3.5 6.2.2); when that cannot be, it
    /// has a short length; what is no letters is an element written without representation.
    /// </summary>
    private bool UnknownVr(ReadOnlySpan<byte> bytes, ref int position, int end, uint tag, out Vr vr, out uint length, out ushort letters)
    {
        var head = bytes.Slice(position, 8);
        vr = Vr.UN;
        letters = 0;
        _problems.UnknownVr(Shift + position, tag);
        var room = end - position;
        var isLetters = head[4] is >= (byte)' ' and <= (byte)'~' && head[5] is >= (byte)' ' and <= (byte)'~';
        length = UInt32(head[4..]);
        if (!isLetters && (length == Undefined || length <= (uint)(room - 8)))
        {
            vr = ImplicitVr(tag, length);
            position += 8;
            return true;
        }

        letters = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        var shortLength = _big ? BinaryPrimitives.ReadUInt16BigEndian(head[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        if (shortLength == 0)
        {
            if (room < 12) return false;
            var longLength = UInt32(bytes.Slice(position + 8, 4));
            if (longLength <= (uint)(room - 12))
            {
                length = longLength;
                position += 12;
                return true;
            }
        }

        length = shortLength;
        position += 8;
        return true;
    }

    private Vr ImplicitVr(uint tag, uint length)
    {
        if ((tag & 0xFFFF) == 0) return Vr.UL;
        if (((tag >> 16) & 1) == 1) return (tag & 0xFFFF) is >= 0x10 and <= 0xFF && length != Undefined ? Vr.LO : length == Undefined ? Vr.SQ : Vr.UN;
        var vr = DicomDictionary.VrOf(tag);
        if ((byte)vr < 100) return vr != DictionaryVr.Unknown ? (Vr)vr : length == Undefined ? Vr.SQ : Vr.UN;
        if (vr is DictionaryVr.ObOrOw or DictionaryVr.UsOrOw) return Vr.OW;
        return _signed ? Vr.SS : Vr.US;
    }

    /// <summary>A value of undefined length: a sequence, or fragments.</summary>
    private bool Open(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, uint tag, Vr vr, NodeFlags flags)
    {
        flags |= NodeFlags.Undefined;
        if (vr is Vr.SQ) return Sequence(bytes, ref position, end, depth, tag, vr, Undefined, flags);
        if (vr is not Vr.UN && (vr.IsBulk() || tag == 0x7FE0_0010)) return Fragments(bytes, ref position, end, tag, vr, flags);
        if (vr is not Vr.UN)
        {
            _problems.Delimiter(Shift + position, tag);
            return Sequence(bytes, ref position, end, depth, tag, vr, Undefined, flags);
        }

        return ImplicitSequence(bytes, ref position, end, depth, tag, vr, Undefined, flags);
    }

    /// <summary>A sequence that came as UN. What does not begin as one, or is longer than the bytes, stays a value.</summary>
    private bool UnnamedSequence(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, uint tag, uint length)
    {
        if (length > (uint)(end - position) && _partial && end == bytes.Length) return false;
        var isSequence = length == 0 || (length >= 8 && length <= (uint)(end - position) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[position..]) == 0xE000_FFFE);
        if (isSequence) return ImplicitSequence(bytes, ref position, end, depth, tag, Vr.SQ, length, NodeFlags.Unnamed);
        if (length > (uint)(end - position))
        {
            Beyond(bytes, position, end, tag);
            length = (uint)(end - position);
        }

        _open.Add(new(tag, Vr.UN, NodeFlags.None, 0, position, length));
        position += (int)length;
        return true;
    }

    /// <summary>PS3.5 6.2.2 note: a sequence of UN is in implicit little endian; some write it explicit all the same.</summary>
    private bool ImplicitSequence(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, uint tag, Vr vr, uint length, NodeFlags flags)
    {
        var (isExplicit, big) = (_explicit, _big);
        (_explicit, _big) = (end - position >= 16 && VrFacts.Parse(bytes[position + 12], bytes[position + 13]) != Vr.None, false);
        var whole = Sequence(bytes, ref position, end, depth, tag, vr, length, flags);
        (_explicit, _big) = (isExplicit, big);
        return whole;
    }

    /// <summary>The representation of what came as UN; UN when the dictionary does not know it, or the value cannot be of it.</summary>
    private Vr UnnamedVr(uint tag, uint length)
    {
        var vr = ImplicitVr(tag, length);
        return (vr.IsNumber() && length % vr.Width() != 0) || (vr == Vr.AT && length % 4 != 0) ? Vr.UN : vr;
    }

    private bool Sequence(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, uint tag, Vr vr, uint length, NodeFlags flags)
    {
        if (length != Undefined)
        {
            if (length > (uint)(end - position))
            {
                if (_partial && end == bytes.Length) return false;
                Beyond(bytes, position, end, tag);
                length = (uint)(end - position);
            }

            end = position + (int)length;
        }

        if (depth >= MostDepth)
        {
            // Nothing more of the object can be understood when the end of this sequence is not known.
            _problems.TooDeep(Shift + position, tag);
            _open.Add(new(tag, Vr.UN, flags & ~NodeFlags.Undefined, 0, position, (uint)(end - position)));
            position = end;
            return true;
        }

        var mark = _open.Count;
        while (position < end)
        {
            var at = position;
            if (end - position < 8)
            {
                if (_partial && end == bytes.Length) return false;
                Beyond(bytes, at, end, tag);
                position = end;
                break;
            }

            var inner = Tag(bytes[position..]);
            var itemLength = UInt32(bytes[(position + 4)..]);
            if (inner == SequenceEnd)
            {
                position += 8;
                if (length == Undefined) return Close(mark, tag, vr, flags);
                _problems.Delimiter(Shift + at, tag);
                continue;
            }

            if (inner != Item)
            {
                _problems.Delimiter(Shift + at, tag);
                if (inner == ItemEnd)
                {
                    position += 8;
                    continue;
                }

                // The end is missing: what follows belongs to the set around the sequence. In a sequence of known length it is lost.
                if (length != Undefined) position = end;
                return Close(mark, tag, vr, flags);
            }

            position += 8;
            if (!ReadItem(bytes, ref position, end, depth, itemLength)) return false;
        }

        if (length == Undefined)
        {
            if (_partial && end == bytes.Length) return false;
            Beyond(bytes, position, end, tag);
        }

        return Close(mark, tag, vr, flags);
    }

    private void Beyond(ReadOnlySpan<byte> bytes, int at, int end, uint tag)
    {
        if (end == bytes.Length)
        {
            _problems.Truncated(Shift + at, tag);
            Truncated = true;
        }
        else
        {
            _problems.Length(Shift + at, tag);
        }
    }

    private bool Close(int mark, uint tag, Vr vr, NodeFlags flags)
    {
        var start = _tape.Count;
        var items = _open.From(mark);
        _tape.AddRange(items);
        var count = items.Length;
        _open.Cut(mark);
        _open.Add(new(tag, vr, flags | NodeFlags.Sequence, 0, start, (uint)count));
        return true;
    }

    private bool ReadItem(ReadOnlySpan<byte> bytes, ref int position, int end, int depth, uint length)
    {
        var flags = length == Undefined ? NodeFlags.Undefined : NodeFlags.None;
        if (length != Undefined)
        {
            if (length > (uint)(end - position))
            {
                if (_partial && end == bytes.Length) return false;
                Beyond(bytes, position, end, Item);
                length = (uint)(end - position);
            }

            end = position + (int)length;
        }

        var mark = _open.Count;
        var closed = false;
        while (position < end)
        {
            if (end - position >= 8)
            {
                var tag = Tag(bytes[position..]);
                if (tag == ItemEnd)
                {
                    if (length != Undefined) _problems.Delimiter(Shift + position, tag);
                    position += 8;
                    if (length != Undefined) continue;
                    closed = true;
                    break;
                }

                if (tag is SequenceEnd or Item && length == Undefined)
                {
                    _problems.Delimiter(Shift + position, tag);
                    closed = true;
                    break;
                }
            }

            if (!Element(bytes, ref position, end, depth + 1, out _)) return false;
        }

        if (length == Undefined && !closed)
        {
            if (_partial && end == bytes.Length) return false;
            Beyond(bytes, position, end, Item);
        }

        Settle(mark, position);
        var start = _tape.Count;
        var elements = _open.From(mark);
        _tape.AddRange(elements);
        var count = elements.Length;
        _open.Cut(mark);
        _open.Add(new(Item, Vr.None, flags, 0, start, (uint)count));
        return true;
    }

    /// <summary>PS3.5 A.4: an item for the basic offset table, then an item a fragment, then the sequence delimiter.</summary>
    private bool Fragments(ReadOnlySpan<byte> bytes, ref int position, int end, uint tag, Vr vr, NodeFlags flags)
    {
        var start = _tape.Count;
        while (true)
        {
            var at = position;
            if (end - position < 8)
            {
                if (_partial && end == bytes.Length) return false;
                Beyond(bytes, at, end, tag);
                position = end;
                break;
            }

            var inner = Tag(bytes[position..]);
            var length = UInt32(bytes[(position + 4)..]);
            if (inner != Item)
            {
                // A length in the delimiter is wrong, and nothing follows from it. Anything else belongs to the set around.
                if (inner == SequenceEnd) position += 8;
                if (inner != SequenceEnd || length != 0) _problems.Delimiter(Shift + at, tag);
                break;
            }

            position += 8;
            var cut = NodeFlags.None;
            if (length > (uint)(end - position))
            {
                if (_partial && end == bytes.Length) return false;
                Beyond(bytes, at, end, tag);
                length = (uint)(end - position);
                cut = NodeFlags.Cut;
            }

            _tape.Add(new(Item, Vr.None, cut, 0, position, length));
            position += (int)length;
        }

        _open.Add(new(tag, vr, flags | NodeFlags.Fragments, 0, start, (uint)(_tape.Count - start)));
        return true;
    }

    /// <summary>Brings the elements of a set that closes into ascending order; of two with one tag the first counts.</summary>
    private void Settle(int mark, int position)
    {
        var nodes = _open.From(mark);
        var ordered = true;
        for (var i = 1; i < nodes.Length && ordered; i++) ordered = nodes[i - 1].Tag < nodes[i].Tag;
        if (ordered) return;

        var keys = ArrayPool<ulong>.Shared.Rent(nodes.Length);
        var sorted = false;
        for (var i = 0; i < nodes.Length; i++)
        {
            if (i > 0 && nodes[i].Tag < nodes[i - 1].Tag) sorted = true;
            keys[i] = ((ulong)nodes[i].Tag << 32) | (uint)i;
        }

        if (sorted)
        {
            _problems.Order(Shift + position, nodes[0].Tag);
            keys.AsSpan(0, nodes.Length).Sort(nodes);
        }

        ArrayPool<ulong>.Shared.Return(keys);
        var kept = 1;
        for (var i = 1; i < nodes.Length; i++)
        {
            if (nodes[i].Tag == nodes[kept - 1].Tag) _problems.Duplicate(Shift + position, nodes[i].Tag);
            else nodes[kept++] = nodes[i];
        }

        _open.Cut(mark + kept);
    }

    private uint Tag(ReadOnlySpan<byte> bytes)
    {
        if (_big) return BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var tag = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return (tag << 16) | (tag >> 16);
    }

    private uint UInt32(ReadOnlySpan<byte> bytes) => _big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
