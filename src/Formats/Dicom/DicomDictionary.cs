using System.Globalization;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// The data dictionary of PS3.6, read once from <c>standards/dicom/elements.csv</c>. A lookup of a representation is one probe of an open
/// hash table; the texts of an entry are made when it is asked for.
/// </summary>
public static class DicomDictionary
{
    private const int Slots = 1 << 14;
    private static readonly byte[] Text = FactsFile.Read("elements.csv");
    private static readonly uint[] Keys = new uint[Slots];
    private static readonly int[] Lines = new int[Slots];
    private static readonly DictionaryVr[] Vrs = new DictionaryVr[Slots];
    private static readonly List<(uint Mask, uint Value, int Line, DictionaryVr Vr)> Repeating = [];
    private static readonly Lazy<Dictionary<string, int>> Keywords = new(BuildKeywords);

    static DicomDictionary()
    {
        for (var line = NextLine(0); line < Text.Length; line = NextLine(line)) Add(line);
    }

    /// <summary>The entry of a tag; null for private and unknown tags.</summary>
    public static DictionaryEntry? Find(DicomTag tag) => Locate(tag.Value, out var line, out _) ? Entry(line) : null;

    /// <summary>The entry of a keyword such as <c>StudyInstanceUID</c>.</summary>
    public static DictionaryEntry? FindKeyword(ReadOnlySpan<char> keyword) =>
        Keywords.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(keyword, out var line) ? Entry(line) : null;

    /// <summary>The keyword of a tag, or null.</summary>
    public static string? Keyword(DicomTag tag) => Find(tag) is { Keyword.Length: > 0 } entry ? entry.Keyword : null;

    /// <summary>All entries in order of tag; those of repeating groups with their first tag.</summary>
    public static IEnumerable<DictionaryEntry> Entries()
    {
        for (var line = NextLine(0); line < Text.Length; line = NextLine(line)) yield return Entry(line);
    }

    /// <summary>The representation of a tag where none is written (PS3.5 A.1), with the choice that the standard leaves.</summary>
    internal static DictionaryVr VrOf(uint tag) => Locate(tag, out _, out var vr) ? vr : DictionaryVr.Unknown;

    private static bool Locate(uint tag, out int line, out DictionaryVr vr)
    {
        for (var slot = Slot(tag); ; slot = (slot + 1) & (Slots - 1))
        {
            if (Lines[slot] == 0) break;
            if (Keys[slot] != tag) continue;
            (line, vr) = (Lines[slot], Vrs[slot]);
            return true;
        }

        foreach (var entry in Repeating)
        {
            if ((tag & entry.Mask) != entry.Value || ((tag >> 16) & 1) == 1) continue;
            (line, vr) = (entry.Line, entry.Vr);
            return true;
        }

        (line, vr) = (0, DictionaryVr.Unknown);
        return false;
    }

    private static int Slot(uint tag) => (int)((tag * 0x9E3779B1) >> 18);

    private static void Add(int line)
    {
        var (value, mask) = (0u, 0u);
        for (var i = 0; i < 8; i++)
        {
            var c = Text[line + i];
            var digit = c switch { >= (byte)'0' and <= (byte)'9' => c - '0', >= (byte)'A' and <= (byte)'F' => c - 'A' + 10, _ => -1 };
            value = (value << 4) | (digit < 0 ? 0 : (uint)digit);
            mask = (mask << 4) | (digit < 0 ? 0 : 0xFu);
        }

        var vr = Choice(Field(line, 1));
        if (mask != uint.MaxValue)
        {
            Repeating.Add((mask, value, line, vr));
            return;
        }

        var slot = Slot(value);
        while (Lines[slot] != 0) slot = (slot + 1) & (Slots - 1);
        (Keys[slot], Lines[slot], Vrs[slot]) = (value, line, vr);
    }

    private static DictionaryVr Choice(ReadOnlySpan<byte> text)
    {
        if (text.Length == 2) return (DictionaryVr)VrFacts.Parse(text[0], text[1]);
        if (text.SequenceEqual("US or SS"u8)) return DictionaryVr.UsOrSs;
        if (text.SequenceEqual("US or SS or OW"u8)) return DictionaryVr.UsOrSsOrOw;
        if (text.SequenceEqual("US or OW"u8)) return DictionaryVr.UsOrOw;
        return text.SequenceEqual("OB or OW"u8) ? DictionaryVr.ObOrOw : DictionaryVr.Unknown;
    }

    private static DictionaryEntry Entry(int line)
    {
        var tag = uint.Parse(FactsFile.String(Field(line, 0)).Replace('x', '0'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var vr = FactsFile.String(Field(line, 1));
        return new(new(tag), VrFacts.Parse(vr.AsSpan(0, 2)), vr, FactsFile.String(Field(line, 2)), FactsFile.String(Field(line, 3)), FactsFile.String(Field(line, 5)), !Field(line, 4).IsEmpty);
    }

    private static ReadOnlySpan<byte> Field(int line, int index) => FactsFile.Field(Text, line, index);

    private static int NextLine(int line) => FactsFile.NextLine(Text, line);

    private static Dictionary<string, int> BuildKeywords()
    {
        var keywords = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var line = NextLine(0); line < Text.Length; line = NextLine(line))
            if (Field(line, 3) is { IsEmpty: false } keyword) keywords.TryAdd(FactsFile.String(keyword), line);
        return keywords;
    }
}
