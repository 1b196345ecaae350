using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// A data element: tag, representation and value (PS3.5 7.1). A view: asking for <see cref="Value"/> copies nothing. Exactly one of value,
/// items, fragments and deferral holds what the element has.
/// </summary>
public readonly struct DicomElement
{
    private readonly DicomDataSet? _set;
    private readonly Node _node;
    private readonly object? _content;
    private readonly ReadOnlyMemory<byte> _value;

    /// <summary>An element of a set that was read.</summary>
    internal DicomElement(DicomDataSet set, Node node, ReadOnlyMemory<byte> value)
    {
        (_set, _node, _value) = (set, node, value);
    }

    /// <summary>An element of a set that is built.</summary>
    internal DicomElement(Node node, ReadOnlyMemory<byte> value, object? content, DicomDataSet? set = null)
    {
        (_set, _node, _value, _content) = (set, node, value, content);
    }

    /// <summary>The tag.</summary>
    public DicomTag Tag => new(_node.Tag);

    /// <summary>
    /// The representation as written; where it is not written, or as UN only, that of the dictionary. A representation that is not of the standard is UN.
    /// </summary>
    public Vr Vr => _node.Vr;

    /// <summary>The bytes of the value as written, with padding; empty for sequences, fragments and deferred values.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>True when the numbers of <see cref="Value"/> are high byte first.</summary>
    public bool IsBigEndian => _node.Has(NodeFlags.BigEndian);

    /// <summary>True for a sequence; its items are <see cref="Items"/>.</summary>
    public bool IsSequence => _node.Has(NodeFlags.Sequence);

    /// <summary>True for encapsulated pixel data in memory; its parts are <see cref="Fragments"/>.</summary>
    public bool IsEncapsulated => _node.Has(NodeFlags.Fragments);

    /// <summary>True when the value was left in the file; <see cref="Deferred"/> says where.</summary>
    public bool IsDeferred => _node.Has(NodeFlags.Deferred);

    /// <summary>True when there is no value: length 0 or no item.</summary>
    public bool IsEmpty => _node.Length == 0;

    /// <summary>True when the object ended, or the item around it, before the value did.</summary>
    public bool IsCut => _node.Has(NodeFlags.Cut);

    /// <summary>The items of a sequence, in order; empty for any other element.</summary>
    public IReadOnlyList<DicomDataSet> Items => !IsSequence ? [] : _content as IReadOnlyList<DicomDataSet> ?? new ParsedItems(_set!, _node);

    /// <summary>The basic offset table (may be empty) and after it the fragments (PS3.5 A.4); empty for any other element.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Fragments =>
        !IsEncapsulated ? [] : _content as IReadOnlyList<ReadOnlyMemory<byte>> ?? new ParsedFragments(_set!.Source!, _node);

    /// <summary>Where the value is when it was left in the file.</summary>
    public DeferredValue? Deferred => IsDeferred ? _set!.Source!.Deferred[_node.Start] : null;

    internal Node Node => _node;

    /// <summary>The representation to write, which for what came as UN is UN again.</summary>
    internal Vr WrittenVr => _node.Has(NodeFlags.Unnamed) ? Vr.UN : _node.Vr;

    internal object? Content => _content;

    /// <summary>Number of values: bytes by width for numbers, backslashes for text, items for sequences; 0 when empty.</summary>
    public int Count
    {
        get
        {
            if (IsEmpty) return 0;
            if (IsSequence) return (int)_node.Length;
            if (Vr.IsNumber() || Vr == Vr.AT) return _value.Length / (Vr == Vr.AT ? 4 : Vr.Width());
            if (!Vr.IsText() || Vr.IsSingleText()) return 1;
            return Strings().Length;
        }
    }

    /// <summary>The first value as text, without insignificant spaces; null when empty or not text or number.</summary>
    public string? String()
    {
        if (_value.IsEmpty) return null;
        if (!Vr.IsText()) return Count > 0 && Vr != Vr.UN ? Number(0) : Vr == Vr.UN ? Latin1() : null;
        var text = Text();
        if (Vr.IsSingleText()) return text.Length == 0 ? null : text;
        var end = text.IndexOf('\\', StringComparison.Ordinal);
        var first = Trim(end < 0 ? text : text[..end]);
        return first.Length == 0 ? null : first;
    }

    /// <summary>All values as text, without insignificant spaces; an empty value is an empty string.</summary>
    public string[] Strings()
    {
        if (_value.IsEmpty) return [];
        if (Vr.IsText())
        {
            var text = Text();
            if (Vr.IsSingleText()) return [text];
            var parts = text.Split('\\');
            for (var i = 0; i < parts.Length; i++) parts[i] = Trim(parts[i]);
            return parts;
        }

        if (!Vr.IsNumber() && Vr != Vr.AT) return [];
        var numbers = new string[Count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = Number(i) ?? "";
        return numbers;
    }

    /// <summary>The whole text, decoded by the character set, without padding at its end; backslashes of several values are in it.</summary>
    public string Text() => (Vr.UsesCharacterSet() && _set is not null ? _set.CharacterSet : CharacterSet.Default).Decode(_value.Span, Vr).TrimEnd(' ', '\0');

    /// <summary>The person names of a PN.</summary>
    public PersonName[] PersonNames() => [.. Strings().Select(PersonName.Parse)];

    /// <summary>A whole number, of a binary number, IS, or DS without fraction.</summary>
    public bool TryGetInteger(int index, out long number)
    {
        number = 0;
        var width = Vr.Width();
        var span = _value.Span;
        if (Vr.IsNumber() && Vr is not (Vr.FL or Vr.FD))
        {
            if (index < 0 || (index + 1) * (long)width > span.Length) return false;
            var bits = Bits(span.Slice(index * width, width));
            number = Vr switch { Vr.SS => (short)bits, Vr.SL => (int)bits, _ => (long)bits };
            return Vr != Vr.UV || bits <= long.MaxValue;
        }

        if (!Vr.IsText() && Vr != Vr.UN)
        {
            if (!TryGetNumber(index, out var real) || real != Math.Floor(real) || Math.Abs(real) > 9e15) return false;
            number = (long)real;
            return true;
        }

        if (!Part(index, out var part)) return false;
        if (long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return true;
        if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value != Math.Floor(value) || Math.Abs(value) > 9e15) return false;
        number = (long)value;
        return true;
    }

    /// <summary>A number, of a binary number, DS or IS.</summary>
    public bool TryGetNumber(int index, out double number)
    {
        number = 0;
        var span = _value.Span;
        if (Vr is Vr.FL or Vr.FD or Vr.OF or Vr.OD)
        {
            var width = Vr.Width();
            if (index < 0 || (index + 1) * (long)width > span.Length) return false;
            var bits = Bits(span.Slice(index * width, width));
            number = width == 4 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits);
            return true;
        }

        if (Vr.IsNumber())
        {
            if (Vr == Vr.UV && (index + 1) * 8L <= span.Length && index >= 0)
            {
                number = Bits(span.Slice(index * 8, 8));
                return true;
            }

            if (!TryGetInteger(index, out var whole)) return false;
            number = whole;
            return true;
        }

        return (Vr.IsText() || Vr == Vr.UN) && Part(index, out var part) && double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The tag that is a value of an AT.</summary>
    public bool TryGetTag(int index, out DicomTag tag)
    {
        tag = default;
        var span = _value.Span;
        if (Vr != Vr.AT || index < 0 || (index + 1) * 4L > span.Length) return false;
        span = span.Slice(index * 4, 4);
        tag = IsBigEndian
            ? new(BinaryPrimitives.ReadUInt16BigEndian(span), BinaryPrimitives.ReadUInt16BigEndian(span[2..]))
            : new(BinaryPrimitives.ReadUInt16LittleEndian(span), BinaryPrimitives.ReadUInt16LittleEndian(span[2..]));
        return true;
    }

    /// <summary>Tag and representation; no value, since it may be of a patient.</summary>
    public override string ToString() => $"{Tag} {Vr.Name()}";

    private static string Trim(string part) => part.Trim(' ', '\0');

    private string Latin1() => Encoding.Latin1.GetString(_value.Span).Trim(' ', '\0');

    private string? Number(int index)
    {
        if (Vr == Vr.AT) return TryGetTag(index, out var tag) ? tag.ToHex() : null;
        if (Vr == Vr.FL) return TryGetNumber(index, out var single) ? ((float)single).ToString("R", CultureInfo.InvariantCulture) : null;
        if (Vr == Vr.FD) return TryGetNumber(index, out var real) ? real.ToString("R", CultureInfo.InvariantCulture) : null;
        if (Vr == Vr.UV) return (index + 1) * 8L <= _value.Length ? Bits(_value.Span.Slice(index * 8, 8)).ToString(CultureInfo.InvariantCulture) : null;
        return TryGetInteger(index, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;
    }

    private ulong Bits(ReadOnlySpan<byte> bytes) => (bytes.Length, IsBigEndian) switch
    {
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    /// <summary>The bytes of one value of several, without spaces.</summary>
    private bool Part(int index, out ReadOnlySpan<byte> part)
    {
        part = _value.Span;
        for (; index > 0; index--)
        {
            var next = part.IndexOf((byte)'\\');
            if (next < 0) return false;
            part = part[(next + 1)..];
        }

        var end = part.IndexOf((byte)'\\');
        if (end >= 0) part = part[..end];
        part = part.Trim(" \0"u8);
        return !part.IsEmpty && index == 0;
    }
}
