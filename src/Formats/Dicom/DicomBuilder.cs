using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// Makes data sets: new ones, or changed copies of others. Text is written in the character set of the set that was begun with, and where
/// that cannot write it, the set becomes one in UTF-8. Values are padded to even length; lengths of groups are left out (they are retired).
/// </summary>
public sealed class DicomBuilder
{
    private readonly SortedList<uint, DicomElement> _elements = [];
    private readonly bool _inherits;
    private CharacterSet _characterSet;
    private bool _beyondAscii;

    /// <summary>An empty set whose text is in UTF-8.</summary>
    public DicomBuilder()
        : this(CharacterSet.Utf8, inherits: false)
    {
    }

    private DicomBuilder(CharacterSet characterSet, bool inherits)
    {
        (_characterSet, _inherits) = (characterSet, inherits);
    }

    /// <summary>A copy of a set, to be changed.</summary>
    public static DicomBuilder From(DicomDataSet set)
    {
        var builder = new DicomBuilder(set.CharacterSet, inherits: !set.Contains(Tags.SpecificCharacterSet));
        foreach (var element in set)
            if (!element.Tag.IsGroupLength) builder._elements[element.Tag.Value] = element;
        return builder;
    }

    /// <summary>An item: its text is in UTF-8, and the set around it says so.</summary>
    internal static DicomBuilder Item() => new(CharacterSet.Utf8, inherits: true);

    /// <summary>True when there is text beyond ASCII.</summary>
    internal bool BeyondAscii => _beyondAscii;

    /// <summary>Sets an element without value, with the representation of the dictionary.</summary>
    public DicomBuilder SetEmpty(DicomTag tag) => VrOf(tag) is Vr.SQ ? SetItems(tag) : Add(tag, VrOf(tag), default);

    /// <summary>Sets text or numbers given as text, with the representation of the dictionary.</summary>
    public DicomBuilder Set(DicomTag tag, params ReadOnlySpan<string> values) => Set(tag, VrOf(tag), values);

    /// <summary>Sets text or numbers given as text.</summary>
    public DicomBuilder Set(DicomTag tag, Vr vr, params ReadOnlySpan<string> values)
    {
        if (vr.IsText())
        {
            if (tag == Tags.SpecificCharacterSet) Declare(values);
            return Add(tag, vr, Encode(string.Join('\\', values!), vr));
        }

        var bytes = new byte[values.Length * (vr == Vr.AT ? 4 : vr.Width())];
        for (var i = 0; i < values.Length; i++) Number(values[i], vr, bytes.AsSpan(i * bytes.Length / values.Length));
        return Add(tag, vr, bytes);
    }

    /// <summary>Sets a person name.</summary>
    public DicomBuilder Set(DicomTag tag, PersonName name) => Set(tag, Vr.PN, name.ToString());

    /// <summary>Sets whole numbers, with the representation of the dictionary.</summary>
    public DicomBuilder Set(DicomTag tag, params ReadOnlySpan<long> values)
    {
        var texts = new string[values.Length];
        for (var i = 0; i < values.Length; i++) texts[i] = values[i].ToString(CultureInfo.InvariantCulture);
        return Set(tag, texts);
    }

    /// <summary>Sets numbers, with the representation of the dictionary; a DS is written with at most 16 characters.</summary>
    public DicomBuilder Set(DicomTag tag, params ReadOnlySpan<double> values)
    {
        var vr = VrOf(tag);
        var texts = new string[values.Length];
        for (var i = 0; i < values.Length; i++) texts[i] = vr == Vr.DS ? DecimalString(values[i]) : values[i].ToString("R", CultureInfo.InvariantCulture);
        return Set(tag, vr, texts);
    }

    /// <summary>Sets bytes as they are, numbers low byte first.</summary>
    public DicomBuilder SetBytes(DicomTag tag, Vr vr, ReadOnlyMemory<byte> value)
    {
        if ((value.Length & 1) == 0) return Add(tag, vr, value);
        var even = new byte[value.Length + 1];
        value.CopyTo(even);
        even[^1] = vr.Padding();
        return Add(tag, vr, even);
    }

    /// <summary>Sets the items of a sequence.</summary>
    public DicomBuilder SetItems(DicomTag tag, params IEnumerable<DicomDataSet> items)
    {
        var list = items.ToArray();
        _elements[tag.Value] = new(new(tag.Value, Vr.SQ, NodeFlags.Sequence, 0, 0, (uint)list.Length), default, list);
        return this;
    }

    /// <summary>Sets encapsulated pixel data: the basic offset table (may be empty), then the fragments.</summary>
    public DicomBuilder SetFragments(DicomTag tag, Vr vr, IReadOnlyList<ReadOnlyMemory<byte>> fragments)
    {
        _elements[tag.Value] = new(new(tag.Value, vr, NodeFlags.Fragments | NodeFlags.Undefined, 0, 0, (uint)fragments.Count), default, fragments);
        return this;
    }

    /// <summary>Sets a copy of an element of another set. Text is written anew where the character sets differ.</summary>
    public DicomBuilder Set(DicomElement element, CharacterSet? from = null)
    {
        if (element.Vr.UsesCharacterSet() && from is not null && from != _characterSet) return Set(element.Tag, element.Vr, from.Decode(element.Value.Span, element.Vr).TrimEnd(' ', '\0'));
        _elements[element.Tag.Value] = element;
        return this;
    }

    /// <summary>Removes an element.</summary>
    public DicomBuilder Remove(DicomTag tag)
    {
        _elements.Remove(tag.Value);
        return this;
    }

    /// <summary>True when an element of this tag is set.</summary>
    public bool Contains(DicomTag tag) => _elements.ContainsKey(tag.Value);

    /// <summary>The set. The builder may be used on.</summary>
    public DicomDataSet Build()
    {
        if (_beyondAscii && !_inherits && !Contains(Tags.SpecificCharacterSet)) SetCharacterSet();
        var elements = new DicomElement[_elements.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            var element = _elements.GetValueAtIndex(i);
            elements[i] = element.IsSequence ? Adopt(element)
                : element.IsEncapsulated ? new(element.Node, default, element.Fragments)
                : element.IsDeferred ? throw new InvalidOperationException($"{element.Tag}: a value that was left in the file cannot go into another data set.")
                : element;
        }

        return new(elements, null, _characterSet);
    }

    /// <summary>A data set in UTF-8 with the same text.</summary>
    internal static DicomDataSet InUtf8(DicomDataSet set, bool declare)
    {
        var builder = new DicomBuilder(CharacterSet.Utf8, inherits: !declare);
        foreach (var element in set)
        {
            if (element.Tag.IsGroupLength || element.Tag == Tags.SpecificCharacterSet) continue;
            if (element.IsSequence) builder._elements[element.Tag.Value] = Sequence(element, [.. element.Items.Select(i => InUtf8(i, declare: false))]);
            else builder.Set(element, set.CharacterSet);
        }

        if (declare) builder.SetCharacterSet();
        return builder.Build();
    }

    private static DicomElement Sequence(DicomElement element, DicomDataSet[] items) =>
        new(element.Node with { Flags = (element.Node.Flags & NodeFlags.Undefined) | NodeFlags.Sequence, Start = 0, Length = (uint)items.Length }, default, items);

    /// <summary>A sequence whose items inherit this set's character set: those of another one are written anew or declare their own.</summary>
    private DicomElement Adopt(DicomElement element) => Sequence(element, [.. element.Items.Select(Adopt)]);

    private DicomDataSet Adopt(DicomDataSet item)
    {
        if (item.Contains(Tags.SpecificCharacterSet) || item.CharacterSet == _characterSet || !HasTextBeyondAscii(item)) return item;
        if (item.CharacterSet.Terms.SequenceEqual(_characterSet.Terms, StringComparer.Ordinal)) return item;
        return InUtf8(item, declare: _characterSet != CharacterSet.Utf8);
    }

    private static bool HasTextBeyondAscii(DicomDataSet set)
    {
        foreach (var element in set)
        {
            if (element.IsSequence && element.Items.Any(HasTextBeyondAscii)) return true;
            if (element.Vr.UsesCharacterSet() && (!Ascii.IsValid(element.Value.Span) || element.Value.Span.Contains((byte)0x1B))) return true;
        }

        return false;
    }

    private static Vr VrOf(DicomTag tag)
    {
        if (tag.IsPrivateCreator) return Vr.LO;
        return DicomDictionary.Find(tag)?.Vr ?? throw new ArgumentException($"{tag} is not in the data dictionary: say its representation.", nameof(tag));
    }

    private static string DecimalString(double value)
    {
        for (var digits = 17; digits > 0; digits--)
        {
            var text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (text.Length <= 16) return text;
        }

        return "0";
    }

    private static void Number(string text, Vr vr, Span<byte> target)
    {
        switch (vr)
        {
            case Vr.US: BinaryPrimitives.WriteUInt16LittleEndian(target, ushort.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.SS: BinaryPrimitives.WriteInt16LittleEndian(target, short.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.UL: BinaryPrimitives.WriteUInt32LittleEndian(target, uint.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.SL: BinaryPrimitives.WriteInt32LittleEndian(target, int.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.UV: BinaryPrimitives.WriteUInt64LittleEndian(target, ulong.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.SV: BinaryPrimitives.WriteInt64LittleEndian(target, long.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.FL: BinaryPrimitives.WriteSingleLittleEndian(target, float.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.FD: BinaryPrimitives.WriteDoubleLittleEndian(target, double.Parse(text, CultureInfo.InvariantCulture)); break;
            case Vr.AT:
                var tag = uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(tag >> 16));
                BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)tag);
                break;
            default: throw new ArgumentException($"A value of {vr.Name()} cannot be given as text.", nameof(vr));
        }
    }

    private DicomBuilder Add(DicomTag tag, Vr vr, ReadOnlyMemory<byte> value)
    {
        _elements[tag.Value] = new(new(tag.Value, vr, NodeFlags.None, 0, 0, (uint)value.Length), value, null);
        return this;
    }

    private void Declare(ReadOnlySpan<string> terms)
    {
        var declared = CharacterSet.Of(terms.ToArray());
        if (declared.Terms.SequenceEqual(_characterSet.Terms, StringComparer.Ordinal)) return;
        foreach (var element in _elements.Values.ToArray())
            if (element.Vr.UsesCharacterSet() && !Ascii.IsValid(element.Value.Span))
                throw new InvalidOperationException("The character set is said before the text that is in it.");
        _characterSet = declared;
    }

    private void SetCharacterSet()
    {
        var terms = string.Join('\\', _characterSet.Terms);
        Add(Tags.SpecificCharacterSet, Vr.CS, Pad(Encoding.ASCII.GetBytes(terms), Vr.CS));
    }

    private byte[] Encode(string text, Vr vr)
    {
        if (!vr.UsesCharacterSet()) return Pad(Encoding.Latin1.GetBytes(text), vr);
        if (Ascii.IsValid(text) && _characterSet.TryEncode(text, out var ascii)) return Pad(ascii, vr);
        _beyondAscii = true;
        if (!_characterSet.TryEncode(text, out var bytes))
        {
            BecomeUtf8();
            bytes = Encoding.UTF8.GetBytes(text);
        }

        return Pad(bytes, vr);
    }

    private void BecomeUtf8()
    {
        var from = _characterSet;
        _characterSet = CharacterSet.Utf8;
        foreach (var element in _elements.Values.ToArray())
        {
            if (element.IsSequence) _elements[element.Tag.Value] = Sequence(element, [.. element.Items.Select(i => InUtf8(i, declare: false))]);
            else if (element.Vr.UsesCharacterSet()) Set(element, from);
        }

        SetCharacterSet();
    }

    private static byte[] Pad(byte[] bytes, Vr vr)
    {
        if ((bytes.Length & 1) == 0) return bytes;
        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = vr.Padding();
        return bytes;
    }
}
