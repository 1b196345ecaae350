namespace Yunnao.Formats.Fhir;

/// <summary>
/// Documents one after the other, however they are laid out: resources, Bundles, arrays. A Bundle or array is taken entry by entry, so
/// that only one entry need be in memory. After an entry that is not JSON, goes on with the next that can be made out.
/// </summary>
internal sealed class FhirDocuments(FhirRecords records)
{
    private State _state;
    private bool _first;

    private enum State
    {
        /// <summary>Before a document.</summary>
        Top,

        /// <summary>In the entries of a Bundle.</summary>
        Entries,

        /// <summary>In the elements of an array.</summary>
        Elements,

        /// <summary>After the entries of a Bundle, in what is left of it.</summary>
        Tail,

        /// <summary>After something broken: looking for the next entry of the Bundle.</summary>
        LostEntry,

        /// <summary>After something broken: looking for a line that begins a document.</summary>
        LostTop,
    }

    /// <summary>Takes all that is whole in the window. True when the input is at its end; false when more must be read.</summary>
    public bool Step(InputWindow window)
    {
        while (true)
        {
            var more = _state switch
            {
                State.Top => !Top(window),
                State.Entries or State.Elements => !Elements(window),
                State.Tail => !Tail(window),
                _ => !Lost(window),
            };
            if (!more) continue;
            if (window.Complete && window.Unread.IsEmpty) return true;
            if (!window.Complete) return false;
        }
    }

    /// <summary>Each of these takes one thing and gives true, or gives false when it must see more (or, at the end, has taken all).</summary>
    private bool Top(InputWindow window)
    {
        window.Consume(JsonFrames.Blank(window.Unread, 0));
        var json = window.Unread;
        if (json.IsEmpty) return false;
        switch (json[0])
        {
            case (byte)'[':
                window.Consume(1);
                (_state, _first) = (State.Elements, true);
                return true;
            case (byte)'{':
                var end = EntriesOrEnd(json, out var isBundle);
                if (end == JsonFrames.More) return NeedsMore(window, State.LostTop);
                if (end == JsonFrames.Broken) return Lose(window, State.LostTop);
                if (!isBundle) records.Document(json[..end], window.Offset, window.Line);
                else (_state, _first) = (State.Entries, true);
                window.Consume(end);
                return true;
            default:
                return Lose(window, State.LostTop);
        }
    }

    private bool Elements(InputWindow window)
    {
        var lost = _state == State.Entries ? State.LostEntry : State.LostTop;
        window.Consume(JsonFrames.Blank(window.Unread, 0));
        var json = window.Unread;
        if (json.IsEmpty) return NeedsMore(window, lost);
        var at = 0;
        if (json[0] == ']')
        {
            window.Consume(1);
            _state = _state == State.Entries ? State.Tail : State.Top;
            return true;
        }

        if (!_first && json[0] != ',') return Lose(window, lost);
        if (!_first) at = JsonFrames.Blank(json, 1);
        var end = JsonFrames.ValueEnd(json, at);
        if (end == JsonFrames.More) return NeedsMore(window, lost, at);
        if (end == JsonFrames.Broken) return Lose(window, lost, "fhir.json", at);
        var line = window.Line + InputWindow.LineEnds(json[..at]);
        if (_state == State.Entries) records.Entry(json[at..end], window.Offset + at, line);
        else records.Element(json[at..end], window.Offset + at, line);
        _first = false;
        window.Consume(end);
        return true;
    }

    private bool Tail(InputWindow window)
    {
        window.Consume(JsonFrames.Blank(window.Unread, 0));
        var json = window.Unread;
        if (json.IsEmpty) return NeedsMore(window, State.LostTop);
        if (json[0] == '}')
        {
            window.Consume(1);
            _state = State.Top;
            return true;
        }

        if (json[0] != ',') return Lose(window, State.LostTop);
        var end = MemberEnd(json, JsonFrames.Blank(json, 1), out _, out _);
        if (end == JsonFrames.More) return NeedsMore(window, State.LostTop);
        if (end == JsonFrames.Broken) return Lose(window, State.LostTop);
        window.Consume(end);
        return true;
    }

    /// <summary>Asks for more, unless there is none (the input is cut off here) or the record is too large.</summary>
    private bool NeedsMore(InputWindow window, State lost, int at = 0)
    {
        if (window.Complete) return Lose(window, lost, "fhir.json", at);
        return window.Unread.Length >= InputWindow.MaxRecord && Lose(window, lost, "fhir.too-large", at);
    }

    /// <summary>Rejects what starts at <paramref name="at"/> and looks for something whole after its first byte.</summary>
    private bool Lose(InputWindow window, State lost, string code = "fhir.json", int at = 0)
    {
        window.Consume(Math.Min(at, window.Unread.Length));
        records.Reject(code, null, window.Offset, window.Line);
        _state = window.Unread.IsEmpty ? State.Top : lost;
        if (!window.Unread.IsEmpty) window.Consume(1);
        return true;
    }

    private bool Lost(InputWindow window)
    {
        var json = window.Unread;
        var found = _state == State.LostEntry ? NextEntry(json) : NextLine(json);
        if (found >= 0)
        {
            window.Consume(found);
            (_state, _first) = (_state == State.LostEntry ? State.Entries : State.Top, true);
            return true;
        }

        // Keep enough to see a start that is cut in two by the end of the window.
        window.Consume(window.Complete ? json.Length : Math.Max(0, json.Length - 256));
        if (window.Complete) _state = State.Top;
        return false;
    }

    /// <summary>Index of an object that begins as an entry does, with one of the members of an entry; -1 when none is in sight.</summary>
    private static int NextEntry(ReadOnlySpan<byte> json)
    {
        for (var from = 0; ;)
        {
            var found = json[from..].IndexOf((byte)'{');
            if (found < 0) return -1;
            var at = from + found;
            var name = json[JsonFrames.Blank(json, at + 1)..];
            if (name.StartsWith("\"fullUrl\""u8) || name.StartsWith("\"resource\""u8) || name.StartsWith("\"request\""u8)) return at;
            from = at + 1;
        }
    }

    private static int NextLine(ReadOnlySpan<byte> json)
    {
        var found = json.IndexOf("\n{"u8);
        return found < 0 ? -1 : found + 1;
    }

    /// <summary>
    /// Goes through the members of the object at the start of the text. For a Bundle, the index inside the bracket of its entries; else
    /// the end of the object.
    /// </summary>
    private static int EntriesOrEnd(ReadOnlySpan<byte> json, out bool isBundle)
    {
        isBundle = false;
        bool? bundleByType = null;
        for (var at = JsonFrames.Blank(json, 1); ;)
        {
            if (at >= json.Length) return JsonFrames.More;
            if (json[at] == '}') return at + 1;
            if (json[at] == ',') at = JsonFrames.Blank(json, at + 1);
            var end = MemberEnd(json, at, out var name, out var value);
            if (value > 0 && value < json.Length)
            {
                if (name.SequenceEqual("\"entry\""u8) && json[value] == '[' && bundleByType != false)
                {
                    isBundle = bundleByType ?? IsEntry(json[(value + 1)..]);
                    if (isBundle) return value + 1;
                }
                else if (end > 0 && name.SequenceEqual("\"resourceType\""u8))
                {
                    bundleByType = json[value..end].SequenceEqual("\"Bundle\""u8);
                }
            }

            if (end < 0) return end;
            at = JsonFrames.Blank(json, end);
        }
    }

    /// <summary>
    /// Where the type is not yet known: true when the first element has a first member that only entries of a Bundle have.
    /// </summary>
    private static bool IsEntry(ReadOnlySpan<byte> elements) => NextEntry(elements) == JsonFrames.Blank(elements, 0);

    /// <summary>End of the member (name and value) that starts at <paramref name="at"/>; its name with quotes, and where its value starts (0: not seen).</summary>
    private static int MemberEnd(ReadOnlySpan<byte> json, int at, out ReadOnlySpan<byte> name, out int value)
    {
        name = default;
        value = 0;
        if (at >= json.Length) return JsonFrames.More;
        if (json[at] != '"') return JsonFrames.Broken;
        var nameEnd = JsonFrames.TextEnd(json, at);
        if (nameEnd < 0) return nameEnd;
        name = json[at..nameEnd];
        var colon = JsonFrames.Blank(json, nameEnd);
        if (colon == json.Length) return JsonFrames.More;
        if (json[colon] != ':') return JsonFrames.Broken;
        value = JsonFrames.Blank(json, colon + 1);
        return JsonFrames.ValueEnd(json, value);
    }
}
