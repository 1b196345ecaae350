using System.Buffers.Text;
using System.Text;

namespace Yunnao.Synthetic.Rows;

/// <summary>
/// A record being written: one UTF-8 cell per item in the canonical form (ISO dates, point decimals, true/false).
/// How a value is written follows from the item's element: its type, its decimals, its length.
/// </summary>
internal sealed class Row
{
    private readonly int[] _start;
    private readonly int[] _length;
    private byte[] _bytes = new byte[4096];
    private int _used;

    public Row(RowShape shape)
    {
        Shape = shape;
        _start = new int[shape.Items.Length];
        _length = new int[shape.Items.Length];
        Clear();
    }

    public RowShape Shape { get; }

    public int Count => _length.Length;

    public void Clear()
    {
        _used = 0;
        Array.Fill(_length, -1);
    }

    public bool IsNull(int slot) => _length[slot] < 0;

    /// <summary>The cell's bytes; empty when it is null.</summary>
    public ReadOnlySpan<byte> this[int slot] => _length[slot] < 0 ? default : _bytes.AsSpan(_start[slot], _length[slot]);

    public string? Text(int slot) => _length[slot] < 0 ? null : Encoding.UTF8.GetString(this[slot]);

    /// <summary>A text or a code. Texts longer than the element allows are cut.</summary>
    public Row Set(string item, string? value)
    {
        var slot = Shape.Find(item);
        if (slot < 0 || string.IsNullOrEmpty(value)) return this;
        var format = Shape.Items[slot].Element.Format;
        var text = format.Length > 0 && value.Length > format.Length && !format.Exact ? value.AsSpan(0, format.Length) : value.AsSpan();
        Reserve(text.Length * 3);
        Close(slot, Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_used)));
        return this;
    }

    /// <summary>A text or a code as bytes, taken as they are.</summary>
    public Row Set(string item, ReadOnlySpan<byte> utf8)
    {
        var slot = Shape.Find(item);
        if (slot >= 0) Put(slot, utf8);
        return this;
    }

    public Row Set(string item, long value)
    {
        var slot = Shape.Find(item);
        if (slot < 0) return this;
        Reserve(24);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_used), out var written);
        Close(slot, written);
        return this;
    }

    /// <summary>A number, rounded to the decimals of the item's element.</summary>
    public Row Set(string item, double value)
    {
        var slot = Shape.Find(item);
        if (slot < 0) return this;
        var decimals = Shape.Items[slot].Element.Format.Decimals;
        Fixed(slot, value, decimals);
        if (decimals > 2) TrimZeros(slot);
        return this;
    }

    /// <summary>A number with a given count of decimals, for items that hold numbers as text.</summary>
    public Row Set(string item, double value, int decimals)
    {
        var slot = Shape.Find(item);
        return slot < 0 ? this : Fixed(slot, value, decimals);
    }

    public Row Set(string item, bool value) => Set(item, value ? "true"u8 : "false"u8);

    /// <summary>A date, a time or both, as the item's element says.</summary>
    public Row Set(string item, DateTime value)
    {
        var slot = Shape.Find(item);
        if (slot < 0) return this;
        Reserve(19);
        Close(slot, Timestamp.Write(_bytes.AsSpan(_used), value, Shape.Items[slot].Element.Type));
        return this;
    }

    public Row Set(string item, DateTime? value) => value is { } time ? Set(item, time) : this;

    public Row Set(string item, DateOnly value) => Set(item, value.ToDateTime(TimeOnly.MinValue));

    /// <summary>Replaces a cell as it is, whatever its element says.</summary>
    public void Put(int slot, ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_used));
        Close(slot, utf8.Length);
    }

    public void PutNull(int slot) => _length[slot] = -1;

    public void CopyFrom(Row other)
    {
        Clear();
        for (var slot = 0; slot < Count; slot++)
        {
            if (!other.IsNull(slot)) Put(slot, other[slot]);
        }
    }

    /// <summary>The local record key: its values joined by <c>|</c>.</summary>
    public string Key() => string.Join('|', Shape.Key.Select(slot => Text(slot) ?? ""));

    /// <summary>0.5000 is written 0.5; money and measurements keep their places.</summary>
    private void TrimZeros(int slot)
    {
        var cell = this[slot].TrimEnd((byte)'0').TrimEnd((byte)'.');
        _length[slot] = cell.Length;
    }

    private Row Fixed(int slot, double value, int decimals)
    {
        Reserve(32);
        Close(slot, FixedPoint.Write(_bytes.AsSpan(_used), value, decimals));
        return this;
    }

    private void Close(int slot, int length)
    {
        _start[slot] = _used;
        _length[slot] = length;
        _used += length;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - _used < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
    }
}
