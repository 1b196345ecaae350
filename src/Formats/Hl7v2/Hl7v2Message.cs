namespace Yunnao.Formats.Hl7v2;

/// <summary>
/// One message with its segments and fields found. Used again for every message of a run; holds no copy of the text, which is given anew
/// to each call.
/// </summary>
/// <param name="slots">Segment names that plans read; the segments of these can be located.</param>
internal sealed class Hl7v2Message(SegmentSlots slots)
{
    private const int MaxFields = 8 << 20;

    private readonly List<int>[] _positions = [.. Enumerable.Range(0, slots.Count).Select(_ => new List<int>())];
    private Segment[] _segments = new Segment[64];
    private int[] _fields = new int[512];
    private int _fieldCount;
    private int _firstPatient;

    public Delimiters Delimiters { get; private set; }

    public int Count { get; private set; }

    public ref readonly Segment this[int segment] => ref _segments[segment];

    /// <summary>Positions of the segments of a name, by its slot.</summary>
    public List<int> Positions(int slot) => _positions[slot];

    /// <summary>The first segment of a name, or -1.</summary>
    public int First(int slot) => _positions[slot].Count > 0 ? _positions[slot][0] : -1;

    /// <summary>Finds segments and fields. On failure gives the code of what is wrong and how many line ends precede it.</summary>
    public string? Read(ReadOnlySpan<byte> text, out int badLine)
    {
        badLine = 0;
        Count = _fieldCount = 0;
        foreach (var positions in _positions) positions.Clear();
        var headerEnd = text.IndexOfAny((byte)'\r', (byte)'\n');
        var header = headerEnd < 0 ? text : text[..headerEnd];
        if (!Delimiters.TryRead(header, out var delimiters)) return "hl7v2.delimiters";
        Delimiters = delimiters;
        var terminator = headerEnd < 0 ? LineEnd.None : LineEndAt(text, headerEnd);
        for (var start = 0; start < text.Length;)
        {
            var end = SegmentEnd(text, start, terminator, out var next);
            if (!text[start..end].Trim(" \t\u001A"u8).IsEmpty)
            {
                if (!IsSegment(text[start..end]))
                {
                    badLine = InputWindow.LineEnds(text[..start]);
                    return "hl7v2.segment";
                }

                Add(text, start, end);
                if (_fieldCount > MaxFields) return "hl7v2.too-large";
            }

            start = next;
        }

        Group();
        return null;
    }

    /// <summary>Text of a field of a segment; empty when it has none.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> text, int segment, int field)
    {
        ref readonly var found = ref _segments[segment];
        if (found.Name == SegmentName.Msh)
        {
            // MSH-1 is the delimiter itself, so that MSH-2 is the first thing between delimiters.
            if (field == 1) return text.Slice(found.Start + 3, 1);
            field--;
        }

        if (field >= found.Fields) return default;
        var at = found.FirstField + field;
        var start = _fields[at];
        var end = field + 1 < found.Fields ? _fields[at + 1] - 1 : found.End;
        return text[start..end];
    }

    /// <summary>
    /// The segment of a name that goes with a row segment, or -1: itself; else one of the same order group; else, unless the name is of
    /// orders and the row has one, of the same patient. Each time the nearest before the row, or the nearest after it. A note (NTE) goes
    /// with a row when it follows it at once.
    /// </summary>
    public int Locate(int slot, int row)
    {
        var name = slots[slot];
        var positions = _positions[slot];
        var after = positions.BinarySearch(row);
        if (after >= 0) return row;
        after = ~after;
        ref readonly var of = ref _segments[row];
        if (name == SegmentName.Nte) return after < positions.Count && positions[after] == row + 1 ? row + 1 : -1;
        var previous = after > 0 ? positions[after - 1] : -1;
        var next = after < positions.Count ? positions[after] : -1;
        if (of.Order > 0)
        {
            if (previous >= 0 && _segments[previous].Order == of.Order) return previous;
            if (next >= 0 && _segments[next].Order == of.Order) return next;
            if (SegmentName.IsOfOrder(name)) return -1;
        }

        if (previous >= 0 && IsOfPatient(previous, of.Patient)) return previous;
        if (next >= 0 && _segments[next].Patient == of.Patient) return next;

        // What stands before the first patient (MSH, EVN, SFT) is of all.
        return positions.Count > 0 && positions[0] < _firstPatient ? positions[0] : -1;
    }

    private enum LineEnd
    {
        None,
        Cr,
        Lf,
        CrLf,
    }

    private bool IsOfPatient(int segment, int patient) => _segments[segment].Patient == patient || segment < _firstPatient;

    private static LineEnd LineEndAt(ReadOnlySpan<byte> text, int at) =>
        text[at] == '\n' ? LineEnd.Lf : at + 1 < text.Length && text[at + 1] == '\n' ? LineEnd.CrLf : LineEnd.Cr;

    /// <summary>
    /// Where a segment ends: at a line end of the kind that ends MSH. One of another kind ends it only when a segment follows;
    /// else it is a line break that the sender left inside a text.
    /// </summary>
    private int SegmentEnd(ReadOnlySpan<byte> text, int start, LineEnd terminator, out int next)
    {
        for (var from = start; ;)
        {
            var found = text[from..].IndexOfAny((byte)'\r', (byte)'\n');
            if (found < 0)
            {
                next = text.Length;
                return text.Length;
            }

            var end = from + found;
            var kind = LineEndAt(text, end);
            next = end + (kind == LineEnd.CrLf ? 2 : 1);
            if (kind == terminator || next == text.Length || IsSegment(text[next..])) return end;
            from = next;
        }
    }

    private bool IsSegment(ReadOnlySpan<byte> line) =>
        SegmentName.TryPack(line, out _) && (line.Length == 3 || line[3] == Delimiters.Field || line[3] is (byte)'\r' or (byte)'\n');

    private void Add(ReadOnlySpan<byte> text, int start, int end)
    {
        var first = _fieldCount;
        AddField(start);
        var separator = Delimiters.Field;
        var line = text[..end];
        for (var at = start; ;)
        {
            var found = line[at..].IndexOf(separator);
            if (found < 0) break;
            at += found + 1;
            AddField(at);
        }

        _ = SegmentName.TryPack(text[start..], out var name);
        if (Count == _segments.Length) Array.Resize(ref _segments, Count * 2);
        _segments[Count] = new(name, start, end, first, _fieldCount - first, 0, 0);
        var slot = slots.Find(name);
        if (slot >= 0) _positions[slot].Add(Count);
        Count++;
    }

    private void AddField(int start)
    {
        if (_fieldCount == _fields.Length) Array.Resize(ref _fields, _fieldCount * 2);
        _fields[_fieldCount++] = start;
    }

    /// <summary>
    /// Numbers the patient and order groups. Usually ORC, or an OBR or RX? that the group has already, opens an order. Where a specimen
    /// (SPM) comes before the first order of a patient, the message is by specimen and each SPM opens a group.
    /// </summary>
    private void Group()
    {
        var (patient, order, orders, bySpecimen) = (1, 0, 0, false);
        var seen = 0;
        var anyPatient = false;
        _firstPatient = Count;
        for (var i = 0; i < Count; i++)
        {
            ref var segment = ref _segments[i];
            if (segment.Name == SegmentName.Pid)
            {
                if (anyPatient) patient++;
                else _firstPatient = i;
                (anyPatient, order, bySpecimen, seen) = (true, 0, false, 0);
            }
            else if (segment.Name == SegmentName.Spm && (order == 0 || bySpecimen))
            {
                (order, bySpecimen) = (++orders, true);
            }
            else if (!bySpecimen && SegmentName.OpensOrder(segment.Name) && (order == 0 || segment.Name == SegmentName.Orc || HasOpener(i, seen, segment.Name)))
            {
                (order, seen) = (++orders, i);
            }

            segment = segment with { Patient = patient, Order = order };
        }
    }

    /// <summary>True when the group that starts at <paramref name="from"/> has a segment of the name before <paramref name="to"/>.</summary>
    private bool HasOpener(int to, int from, int name)
    {
        for (var i = from; i < to; i++)
            if (_segments[i].Name == name) return true;
        return false;
    }
}
