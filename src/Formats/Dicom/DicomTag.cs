using System.Globalization;

namespace Yunnao.Formats.Dicom;

/// <summary>The tag of a data element: group and element number (PS3.5 7.1).</summary>
/// <param name="Value">Group in the high, element in the low 16 bits.</param>
public readonly record struct DicomTag(uint Value) : IComparable<DicomTag>
{
    /// <summary>A tag from group and element.</summary>
    public DicomTag(ushort group, ushort element)
        : this(((uint)group << 16) | element)
    {
    }

    /// <summary>Group number; odd groups are private.</summary>
    public ushort Group => (ushort)(Value >> 16);

    /// <summary>Element number within the group.</summary>
    public ushort Element => (ushort)Value;

    /// <summary>True for a tag of a manufacturer (PS3.5 7.8): an odd group that is not reserved.</summary>
    public bool IsPrivate => (Group & 1) == 1 && Group is > 8 and not 0xFFFF;

    /// <summary>True for the element (gggg,0010–00FF) that reserves a block of private elements for a creator.</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x10 and <= 0xFF;

    /// <summary>True for the retired length of a group (gggg,0000).</summary>
    public bool IsGroupLength => Element == 0;

    /// <summary>For a private data element the tag of its creator's element, PS3.5 7.8.1: (gggg,bbxx) belongs to (gggg,00bb).</summary>
    public DicomTag CreatorTag => new(Group, (ushort)(Element >> 8));

    /// <summary>A tag from <c>GGGGEEEE</c>, <c>GGGG,EEEE</c> or <c>(GGGG,EEEE)</c> in hexadecimal, or a keyword of PS3.6.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DicomTag tag)
    {
        tag = default;
        var plain = text.Trim();
        if (plain.Length == 11 && plain[0] == '(' && plain[10] == ')') plain = plain[1..10];
        if (plain.Length == 9 && plain[4] == ',')
        {
            if (!ushort.TryParse(plain[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group)) return false;
            if (!ushort.TryParse(plain[5..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var element)) return false;
            tag = new(group, element);
            return true;
        }

        if (plain.Length == 8 && uint.TryParse(plain, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            tag = new(value);
            return true;
        }

        if (DicomDictionary.FindKeyword(plain) is not { } entry) return false;
        tag = entry.Tag;
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(DicomTag other) => Value.CompareTo(other.Value);

    /// <summary><c>GGGGEEEE</c>, as in the DICOM JSON model.</summary>
    public string ToHex() => Value.ToString("X8", CultureInfo.InvariantCulture);

    /// <summary><c>(GGGG,EEEE)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Element:X4})");

    public static bool operator <(DicomTag left, DicomTag right) => left.Value < right.Value;

    public static bool operator <=(DicomTag left, DicomTag right) => left.Value <= right.Value;

    public static bool operator >(DicomTag left, DicomTag right) => left.Value > right.Value;

    public static bool operator >=(DicomTag left, DicomTag right) => left.Value >= right.Value;
}
