namespace Yunnao.Formats.Dicom;

/// <summary>What PS3.5 says of each value representation.</summary>
public static class VrFacts
{
    private const int Count = (int)Vr.UV + 1;
    private static readonly byte[] Codes = BuildCodes();
    private static readonly string[] Names = Enum.GetNames<Vr>();

    /// <summary>Bytes of one value of a binary representation; 1 for text and bytes.</summary>
    private static ReadOnlySpan<byte> Widths =>
    [
        0, 1, 1, 2, 1, 1, 1, 1, 8, 4, 1, 1, 1, 1, 8, 4, 4, 8, 2, 1, 1, 4, 0, 2, 1, 8, 1, 1, 1, 4, 1, 1, 2, 1, 8,
    ];

    /// <summary>The representation of two letters, or <see cref="Vr.None"/>.</summary>
    public static Vr Parse(byte first, byte second)
    {
        var (a, b) = (first - 'A', second - 'A');
        return (uint)a < 26 && (uint)b < 26 ? (Vr)Codes[a * 26 + b] : Vr.None;
    }

    /// <inheritdoc cref="Parse(byte, byte)"/>
    public static Vr Parse(ReadOnlySpan<char> name) => name.Length == 2 && name[0] < 128 && name[1] < 128 ? Parse((byte)name[0], (byte)name[1]) : Vr.None;

    /// <summary>The two letters.</summary>
    public static string Name(this Vr vr) => Names[(int)vr];

    /// <summary>Bytes that change their order together with the byte order: 1, 2, 4 or 8. AT is two words.</summary>
    public static int Width(this Vr vr) => Widths[(int)vr];

    /// <summary>True when the explicit form has two reserved bytes and a length of 32 bits (PS3.5 7.1.2).</summary>
    public static bool HasLongLength(this Vr vr) =>
        vr is Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.SQ or Vr.SV or Vr.UC or Vr.UN or Vr.UR or Vr.UT or Vr.UV;

    /// <summary>True for values that are characters.</summary>
    public static bool IsText(this Vr vr) => vr is Vr.AE or Vr.AS or Vr.CS or Vr.DA or Vr.DS or Vr.DT or Vr.IS or Vr.LO or Vr.LT or Vr.PN or Vr.SH or Vr.ST
        or Vr.TM or Vr.UC or Vr.UI or Vr.UR or Vr.UT;

    /// <summary>True for text to which Specific Character Set applies (PS3.5 6.1.2.3).</summary>
    public static bool UsesCharacterSet(this Vr vr) => vr is Vr.LO or Vr.LT or Vr.PN or Vr.SH or Vr.ST or Vr.UC or Vr.UT;

    /// <summary>True for text that is one value, in which a backslash is a character.</summary>
    public static bool IsSingleText(this Vr vr) => vr is Vr.LT or Vr.ST or Vr.UT or Vr.UR;

    /// <summary>True for numbers in binary, of <see cref="Width"/> bytes each.</summary>
    public static bool IsNumber(this Vr vr) => vr is Vr.FD or Vr.FL or Vr.SL or Vr.SS or Vr.SV or Vr.UL or Vr.US or Vr.UV;

    /// <summary>True for a stream of bytes or words.</summary>
    public static bool IsBulk(this Vr vr) => vr is Vr.OB or Vr.OD or Vr.OF or Vr.OL or Vr.OV or Vr.OW or Vr.UN;

    /// <summary>What pads a value to an even length: a space for text, NUL for UIDs and bytes.</summary>
    public static byte Padding(this Vr vr) => vr.IsText() && vr != Vr.UI ? (byte)' ' : (byte)0;

    private static byte[] BuildCodes()
    {
        var codes = new byte[26 * 26];
        for (var vr = 1; vr < Count; vr++)
        {
            var name = ((Vr)vr).ToString();
            codes[(name[0] - 'A') * 26 + name[1] - 'A'] = (byte)vr;
        }

        return codes;
    }
}
