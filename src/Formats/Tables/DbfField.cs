using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Tables;

/// <summary>A field of a DBF table.</summary>
/// <param name="Type">C text, N and F numbers as text, D date, L logical, I integer, T time, B double, Y money; others have no value here.</param>
/// <param name="Offset">Its first byte in the record, after the mark of deletion.</param>
internal sealed record DbfField(string Name, char Type, int Offset, int Length)
{
    private const int DescriptorLength = 32;

    /// <summary>The descriptors after the head, up to the byte 0D.</summary>
    public static List<DbfField> Read(ReadOnlySpan<byte> descriptors, TextEncoding? encoding)
    {
        var fields = new List<DbfField>();
        for (var offset = 1; descriptors.Length >= DescriptorLength && descriptors[0] is not (0x0D or 0); descriptors = descriptors[DescriptorLength..])
        {
            var type = char.ToUpperInvariant((char)descriptors[11]);

            // Clipper keeps the high byte of a long text's length where others keep the decimals.
            var length = type == 'C' ? BinaryPrimitives.ReadUInt16LittleEndian(descriptors[16..]) : descriptors[16];
            fields.Add(new(NameOf(descriptors[..11], encoding), type, offset, length));
            offset += length;
        }

        return fields;
    }

    /// <summary>The text of a cell that is no text field; empty when it has none.</summary>
    public string Value(ReadOnlySpan<byte> cell) => Type switch
    {
        'N' or 'F' => Encoding.ASCII.GetString(cell).Trim(' ', '\0'),
        'D' => Date(Encoding.ASCII.GetString(cell).Trim(' ', '\0')),
        'L' => cell.IsEmpty ? "" : (char)cell[0] switch { 'T' or 't' or 'Y' or 'y' => "true", 'F' or 'f' or 'N' or 'n' => "false", _ => "" },
        'I' when cell.Length == 4 => BinaryPrimitives.ReadInt32LittleEndian(cell).ToString(CultureInfo.InvariantCulture),
        'B' when cell.Length == 8 => BinaryPrimitives.ReadDoubleLittleEndian(cell).ToString("R", CultureInfo.InvariantCulture),
        'Y' when cell.Length == 8 => (BinaryPrimitives.ReadInt64LittleEndian(cell) / 10000m).ToString(CultureInfo.InvariantCulture),
        'T' when cell.Length == 8 => Time(BinaryPrimitives.ReadInt32LittleEndian(cell), BinaryPrimitives.ReadInt32LittleEndian(cell[4..])),
        _ => "",
    };

    private static string NameOf(ReadOnlySpan<byte> name, TextEncoding? encoding)
    {
        var end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        var utf8 = new byte[TextEncoding.TargetLength(name.Length)];
        (encoding ?? TextEncoding.Detect(name)).Transcode(name, utf8, final: true, new BadBytes(), out _, out var written);
        return Encoding.UTF8.GetString(utf8, 0, written).Trim();
    }

    private static string Date(string text) =>
        text.Length == 8 && text.All(char.IsAsciiDigit) ? $"{text[..4]}-{text[4..6]}-{text[6..]}" : text;

    /// <summary>A Julian day number and milliseconds of the day.</summary>
    private static string Time(int day, int milliseconds)
    {
        const int JulianDayOf1970 = 2440588;
        if (day is < 1721426 or > 5373484 || milliseconds is < 0 or >= 86_400_000) return "";
        return DateTime.UnixEpoch.AddDays(day - JulianDayOf1970).AddSeconds(Math.Round(milliseconds / 1000.0)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
