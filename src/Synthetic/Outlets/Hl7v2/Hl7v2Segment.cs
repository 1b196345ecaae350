namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>A segment being built: values by place, written with separators between them.</summary>
internal sealed class Hl7v2Segment(string name)
{
    private readonly List<(long Key, int Start, int Length)> _values = [];
    private readonly ByteBuffer _text = new();
    private readonly List<(int Field, string Value)> _repetitions = [];

    public string Name { get; } = name;

    public bool IsEmpty => _values.Count == 0;

    public void Clear()
    {
        _values.Clear();
        _text.Clear();
        _repetitions.Clear();
    }

    /// <summary>Sets a value; the place's repetition is found by its component, or begun with it.</summary>
    /// <param name="keep">Leaves a value that is there already.</param>
    public void Set(Hl7v2Place place, ReadOnlySpan<byte> value, bool keep = false)
    {
        var repetition = 0;
        if (place.Repetition.Length > 0)
        {
            var index = _repetitions.IndexOf((place.Field, place.Repetition));
            if (index < 0)
            {
                index = _repetitions.Count;
                _repetitions.Add((place.Field, place.Repetition));
            }

            repetition = _repetitions.Take(index).Count(r => r.Field == place.Field);
            Put(Key(place.Field, repetition, place.RepetitionComponent, 1), System.Text.Encoding.UTF8.GetBytes(place.Repetition), true);
        }

        Put(Key(place.Field, repetition, place.Component, place.Subcomponent), value, keep);
    }

    /// <summary>Appends the segment and its terminator.</summary>
    public void Write(ByteBuffer target)
    {
        target.Add(Name);

        // MSH-1 is the separator itself, so that MSH-2 follows it at once.
        var (field, repetition, component, sub) = (Name == "MSH" ? 1 : 0, 0, 1, 1);
        foreach (var (key, start, length) in _values)
        {
            var (f, r, c, s) = ((int)(key >> 48), (int)(key >> 32) & 0xFFFF, (int)(key >> 16) & 0xFFFF, (int)key & 0xFFFF);
            if (field < f)
            {
                for (; field < f; field++) target.Add((byte)'|');
                (repetition, component, sub) = (0, 1, 1);
            }

            if (repetition < r)
            {
                for (; repetition < r; repetition++) target.Add((byte)'~');
                (component, sub) = (1, 1);
            }

            if (component < c)
            {
                for (; component < c; component++) target.Add((byte)'^');
                sub = 1;
            }

            for (; sub < s; sub++) target.Add((byte)'&');
            var value = _text.Span.Slice(start, length);
            if (Name == "MSH" && f == 2) target.Add(value);
            else Escape(target, value);
        }

        target.Add((byte)'\r');
    }

    private static long Key(int field, int repetition, int component, int sub) => ((long)field << 48) | ((long)repetition << 32) | ((long)component << 16) | (uint)sub;

    private void Put(long key, ReadOnlySpan<byte> value, bool keep)
    {
        var at = _values.Count;
        while (at > 0 && _values[at - 1].Key >= key) at--;
        var there = at < _values.Count && _values[at].Key == key;
        if (there && keep) return;
        var entry = (key, _text.Length, value.Length);
        _text.Add(value);
        if (there) _values[at] = entry;
        else _values.Insert(at, entry);
    }

    private static void Escape(ByteBuffer target, ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            switch (b)
            {
                case (byte)'|': target.Add(@"\F\"u8); break;
                case (byte)'^': target.Add(@"\S\"u8); break;
                case (byte)'&': target.Add(@"\T\"u8); break;
                case (byte)'~': target.Add(@"\R\"u8); break;
                case (byte)'\\': target.Add(@"\E\"u8); break;
                case (byte)'\n': target.Add(@"\.br\"u8); break;
                case (byte)'\r': break;
                default: target.Add(b); break;
            }
        }
    }
}
