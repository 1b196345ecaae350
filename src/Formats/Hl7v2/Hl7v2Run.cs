using System.Buffers.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Hl7v2;

/// <summary>The decoding of one input.</summary>
internal sealed class Hl7v2Run(
    Hl7v2Plan[] plans, SegmentSlots slots, RowWriter rows, IRowSink sink, PathReport? report, TextEncoding? encoding)
{
    private const int NotLocated = -2;

    private readonly Hl7v2Message _message = new(slots);
    private readonly Hl7v2Values _values = new();
    private readonly Hl7v2Text _text = new(encoding);
    private readonly TypeNames _types = new();
    private readonly Dictionary<string, int[]> _plansOf = new(StringComparer.Ordinal);
    private readonly byte[] _time = new byte[Hl7v2Time.MaxLength];

    /// <summary>By slot, the segments of the row at hand; and which are not those of the last row made.</summary>
    private readonly int[] _segments = new int[slots.Count];
    private ulong _changed;

    private bool _inGarbage;
    private bool _skipping;
    private bool _framed;
    private bool _inBatch;
    private long _batchFrom;

    /// <summary>Records read so far.</summary>
    public long Records { get; private set; }

    /// <summary>Looks at the first bytes for the encoding of messages that name none.</summary>
    public void Look(ReadOnlySpan<byte> head)
    {
        _text.Look(head);
        foreach (var path in report is null ? [] : plans.SelectMany(p => p.Paths)) report!.Segments.Map(path);
    }

    /// <summary>Takes all that is whole in the window. True when the input is at its end; false when more must be read.</summary>
    public bool Step(InputWindow window)
    {
        while (true)
        {
            if (_skipping && !Skip(window)) return false;
            window.Consume(Hl7v2Frames.SkipBlank(window.Unread));
            var unread = window.Unread;
            if (unread.Length < 5 && !window.Complete) return false;
            if (unread.IsEmpty) return true;
            if (unread[0] == Hl7v2Frames.Start)
            {
                (_framed, _inGarbage) = (true, false);
                window.Consume(1);
                continue;
            }

            var kind = Hl7v2Frames.KindOf(unread);
            var length = kind == Hl7v2Frames.Kind.Message ? Hl7v2Frames.MessageLength(unread, window.Complete) : Hl7v2Frames.LineLength(unread);
            if (length < 0 && !window.Complete && unread.Length < InputWindow.MaxRecord) return false;
            if (length < 0 && !window.Complete)
            {
                if (!_inGarbage) Reject(window, "hl7v2.too-large", null);
                _skipping = true;
                continue;
            }

            var truncated = length < 0 && _framed;
            if (length < 0) length = unread.Length;
            else if (_framed && kind == Hl7v2Frames.Kind.Message) truncated = unread[length] != Hl7v2Frames.End;
            Take(window, kind, length, truncated);
            window.Consume(length);
        }
    }

    /// <summary>Hands over the last rows.</summary>
    public void Finish(InputWindow window)
    {
        if (_inBatch) Reject(window, "hl7v2.truncated", "BHS");
        rows.Finish();
    }

    private void Take(InputWindow window, Hl7v2Frames.Kind kind, int length, bool truncated)
    {
        var line = window.Unread[..length];
        if (kind != Hl7v2Frames.Kind.Other) _inGarbage = false;
        switch (kind)
        {
            case Hl7v2Frames.Kind.Message:
                _framed = false;
                if (truncated) Reject(window, "hl7v2.truncated", null);
                else Message(window, line);
                break;
            case Hl7v2Frames.Kind.BatchStart:
                if (_inBatch) Reject(window, "hl7v2.truncated", "BHS");
                (_inBatch, _batchFrom) = (true, Records);
                break;
            case Hl7v2Frames.Kind.BatchEnd:
                EndBatch(window, line);
                break;
            case Hl7v2Frames.Kind.Other:
                if (!_inGarbage) Reject(window, "hl7v2.no-msh", null);
                (_inGarbage, _framed) = (true, false);
                break;
        }
    }

    private void EndBatch(InputWindow window, ReadOnlySpan<byte> line)
    {
        var messages = Records - _batchFrom;
        _inBatch = false;
        if (line.Length > 4 && Utf8Parser.TryParse(line[4..], out long count, out _) && count != messages) Reject(window, "hl7v2.batch-count", "BTS");
    }

    /// <summary>Drops the rest of a record that is too large: all up to the end of a line after which a message may begin.</summary>
    private bool Skip(InputWindow window)
    {
        var length = Hl7v2Frames.LineLength(window.Unread);
        if (length < 0) window.Consume(window.Unread.Length);
        else window.Consume(length);
        _inGarbage = true;
        _skipping = length < 0 && !window.Complete;
        return !_skipping;
    }

    private void Message(InputWindow window, ReadOnlySpan<byte> sent)
    {
        var unreadable = _text.Read(sent, out var text, out var used);
        if (unreadable is not null || window.IsDamaged(sent))
        {
            Reject(window, unreadable ?? "hl7v2.encoding", null);
            return;
        }

        if (_message.Read(text, out var badLine) is { } malformed)
        {
            Reject(window, malformed, null, badLine);
            return;
        }

        _values.Encoding = used;
        if (_message.Field(text, 0, 9).IsEmpty)
        {
            Reject(window, "hl7v2.no-type", "MSH-9");
            return;
        }

        var type = Type(text);
        var matching = type is null ? [] : PlansOf(type);
        report?.Segments.Add(text, _message);
        if (type is not null) report?.AddType(type, 1, matching.Length > 0);
        Records++;
        var made = 0;
        foreach (var plan in matching) made += Rows(text, plan, window.Offset);
        if (made == 0) sink.Reject(new(Records, window.Offset, window.Line, matching.Length == 0 ? "mapping.none" : "mapping.no-row", type));
    }

    private int Rows(ReadOnlySpan<byte> text, int number, long offset)
    {
        var plan = plans[number];
        _segments.AsSpan().Fill(NotLocated);
        if (plan.Row < 0) return Row(text, number, -1, offset, canRepeat: false);
        var made = 0;
        foreach (var row in _message.Positions(plan.Row)) made += Row(text, number, row, offset, canRepeat: made > 0);
        return made;
    }

    /// <summary>Makes a row of a segment, or of the whole message (-1); gives 1, or 0 where the conditions do not hold.</summary>
    /// <param name="canRepeat">True when a row of this message was made before with the segments of <see cref="_segments"/>.</param>
    private int Row(ReadOnlySpan<byte> text, int number, int row, long offset, bool canRepeat)
    {
        var plan = plans[number];
        foreach (var slot in plan.Slots)
        {
            var segment = row < 0 ? _message.First(slot) : _message.Locate(slot, row);
            if (segment != _segments[slot]) _changed |= Hl7v2Column.Bit(slot);
            _segments[slot] = segment;
        }

        foreach (var condition in plan.Where)
            if (!_values.Holds(text, _message, _segments[condition.Path.Slot], condition)) return 0;
        var batch = rows.Batch(number);
        for (var i = 0; i < plan.Columns.Length; i++)
        {
            // What is of segments that the row before had too (patient, order) is the same.
            if (!canRepeat || (plan.Columns[i].Slots & _changed) != 0 || !batch.TryRepeat(i)) Cell(text, plan.Columns[i], batch, i);
        }

        rows.EndRow(number, Records, offset);
        _changed = 0;
        return 1;
    }

    private void Cell(ReadOnlySpan<byte> text, Hl7v2Column column, TextBatch batch, int number)
    {
        foreach (var path in column.Paths)
        {
            var segment = _segments[path.Slot];
            if (segment < 0 || !_values.TryFirst(text, _message, segment, path, out var value)) continue;
            if (column.Time && Hl7v2Time.TryToIso(value, _time, out var length)) value = _time.AsSpan(0, length);
            batch.Set(number, value);
            return;
        }
    }

    /// <summary>MSH-9.1 and MSH-9.2 as <c>ORU^R01</c>.</summary>
    private string? Type(ReadOnlySpan<byte> text)
    {
        var field = _message.Field(text, 0, 9);
        Span<byte> type = stackalloc byte[32];
        if (field.Length > type.Length) field = field[..type.Length];
        field.CopyTo(type);
        type = type[..field.Length];
        var component = _message.Delimiters.Component;
        var first = type.IndexOf(component);
        if (first < 0) return _types.Of(type);
        var second = type[(first + 1)..].IndexOf(component);
        if (second >= 0) type = type[..(first + 1 + second)];
        type[first] = (byte)'^';
        return _types.Of(type.Trim((byte)'^'));
    }

    private int[] PlansOf(string type)
    {
        if (_plansOf.TryGetValue(type, out var known)) return known;
        int[] found = [.. Enumerable.Range(0, plans.Length).Where(i => plans[i].IsFor(type))];
        if (_plansOf.Count < 4096) _plansOf.Add(type, found);
        return found;
    }

    private void Reject(InputWindow window, string code, string? path, int line = 0) =>
        sink.Reject(new(++Records, window.Offset, window.Line + line, code, path));
}
