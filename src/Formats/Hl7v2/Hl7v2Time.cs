using System.Buffers.Text;

namespace Yunnao.Formats.Hl7v2;

/// <summary>HL7 v2 times (section 2.A.21, DTM): <c>YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]</c>.</summary>
internal static class Hl7v2Time
{
    /// <summary>Longest ISO text written: <c>2012-03-14T12:59:00.123456789-02:15</c>.</summary>
    public const int MaxLength = 40;

    /// <summary>Writes a time as ISO 8601, as precise as it was; false when it is not one, or no day or time of day has those numbers.</summary>
    public static bool TryToIso(ReadOnlySpan<byte> text, Span<byte> iso, out int length)
    {
        length = 0;
        var zoneAt = text.IndexOfAny((byte)'+', (byte)'-');
        var zone = zoneAt < 0 ? default : text[zoneAt..];
        var local = zoneAt < 0 ? text : text[..zoneAt];
        var point = local.IndexOf((byte)'.');
        var fraction = point < 0 ? default : local[point..];
        var digits = point < 0 ? local : local[..point];
        if (digits.Length is < 4 or > 14 || digits.Length % 2 == 1 || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        if (point >= 0 && (digits.Length != 14 || fraction.Length is < 2 or > 10 || fraction[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))) return false;
        if (!IsPossible(digits) || !IsZone(zone, digits.Length)) return false;

        var at = Copy(digits[..4], iso, 0);
        if (digits.Length >= 6) at = Copy(digits.Slice(4, 2), iso, at, (byte)'-');
        if (digits.Length >= 8) at = Copy(digits.Slice(6, 2), iso, at, (byte)'-');
        if (digits.Length >= 10)
        {
            at = Copy(digits.Slice(8, 2), iso, at, (byte)'T');
            at = Copy(digits.Length >= 12 ? digits.Slice(10, 2) : "00"u8, iso, at, (byte)':');
            at = Copy(digits.Length >= 14 ? digits.Slice(12, 2) : "00"u8, iso, at, (byte)':');
            at = Copy(fraction, iso, at);
            if (!zone.IsEmpty)
            {
                at = Copy(zone[..3], iso, at);
                at = Copy(zone.Slice(3, 2), iso, at, (byte)':');
            }
        }

        length = at;
        return true;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> iso, int at, byte before = 0)
    {
        if (before != 0) iso[at++] = before;
        text.CopyTo(iso[at..]);
        return at + text.Length;
    }

    private static bool IsPossible(ReadOnlySpan<byte> digits)
    {
        var year = Number(digits, 0, 4);
        var month = digits.Length >= 6 ? Number(digits, 4, 2) : 1;
        var day = digits.Length >= 8 ? Number(digits, 6, 2) : 1;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        return (digits.Length < 10 || Number(digits, 8, 2) < 24)
            && (digits.Length < 12 || Number(digits, 10, 2) < 60)
            && (digits.Length < 14 || Number(digits, 12, 2) < 60);
    }

    private static bool IsZone(ReadOnlySpan<byte> zone, int digits)
    {
        if (zone.IsEmpty) return true;
        if (zone.Length != 5 || digits < 8 || zone[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        return Number(zone, 1, 2) <= 14 && Number(zone, 3, 2) < 60;
    }

    private static int Number(ReadOnlySpan<byte> digits, int start, int length)
    {
        _ = Utf8Parser.TryParse(digits.Slice(start, length), out int number, out _);
        return number;
    }
}
