using System.Buffers;
using System.Buffers.Text;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>The forms of FHIR's primitive types (http://hl7.org/fhir/R4/datatypes.html#primitive), over the bytes of an unescaped text or a number.</summary>
internal static class PrimitiveFormat
{
    private const int LongestId = 64, LongestText = 1 << 20;

    private static readonly SearchValues<byte> s_idCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);
    private static readonly SearchValues<byte> s_blanks = SearchValues.Create(" \t\r\n"u8);

    public static PrimitiveKind KindOf(string type) => type switch
    {
        "boolean" => PrimitiveKind.Boolean,
        "decimal" => PrimitiveKind.Decimal,
        "integer" => PrimitiveKind.Integer,
        "unsignedInt" => PrimitiveKind.Unsigned,
        "positiveInt" => PrimitiveKind.Positive,
        "string" or "markdown" or "xhtml" => PrimitiveKind.Text,
        "code" => PrimitiveKind.Code,
        "id" => PrimitiveKind.Id,
        "uri" or "url" or "canonical" or "oid" or "uuid" => PrimitiveKind.Uri,
        "base64Binary" => PrimitiveKind.Base64,
        "date" => PrimitiveKind.Date,
        "dateTime" => PrimitiveKind.DateTime,
        "instant" => PrimitiveKind.Instant,
        "time" => PrimitiveKind.Time,
        _ => PrimitiveKind.None,
    };

    /// <summary>True of kinds that JSON writes as strings.</summary>
    public static bool IsText(PrimitiveKind kind) => kind >= PrimitiveKind.Text;

    /// <summary>True of kinds that JSON writes as numbers.</summary>
    public static bool IsNumber(PrimitiveKind kind) => kind is PrimitiveKind.Decimal or PrimitiveKind.Integer or PrimitiveKind.Unsigned or PrimitiveKind.Positive;

    public static bool Fits(PrimitiveKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        PrimitiveKind.Boolean or PrimitiveKind.Decimal => true,
        PrimitiveKind.Integer => IsInteger(value, int.MinValue),
        PrimitiveKind.Unsigned => IsInteger(value, 0),
        PrimitiveKind.Positive => IsInteger(value, 1),
        PrimitiveKind.Text => value.Length is > 0 and <= LongestText && value.ContainsAnyExcept(s_blanks),
        PrimitiveKind.Code => IsCode(value),
        PrimitiveKind.Id => value.Length is > 0 and <= LongestId && !value.ContainsAnyExcept(s_idCharacters),
        PrimitiveKind.Uri => value.Length > 0 && !value.ContainsAny(s_blanks),
        PrimitiveKind.Base64 => value.Length > 0 && Base64.IsValid(value),
        PrimitiveKind.Date => DateEnd(value) == value.Length,
        PrimitiveKind.DateTime => IsDateTime(value),
        PrimitiveKind.Instant => value.Length > 10 && DateEnd(value[..10]) == 10 && IsDateTime(value),
        PrimitiveKind.Time => TimeEnd(value) == value.Length,
        _ => false,
    };

    private static bool IsInteger(ReadOnlySpan<byte> value, int least) => Utf8Parser.TryParse(value, out int number, out var used) && used == value.Length && number >= least;

    /// <summary>No white space but single blanks inside.</summary>
    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] == ' ' || value[^1] == ' ' || value.IndexOfAny("\t\r\n"u8) >= 0) return false;
        return value.IndexOf("  "u8) < 0;
    }

    private static bool IsDateTime(ReadOnlySpan<byte> value)
    {
        var end = DateEnd(value);
        if (end == value.Length) return true;
        if (end != 10 || value[10] != 'T') return false;
        var time = TimeEnd(value[11..]);
        return time > 0 && IsOffset(value[(11 + time)..]);
    }

    /// <summary>Length of a year, month or day at the beginning; -1 when there is none, or no such day.</summary>
    private static int DateEnd(ReadOnlySpan<byte> value)
    {
        if (!Number(value, 0, 4, out var year) || year == 0) return -1;
        if (value.Length == 4) return 4;
        if (value[4] != '-' || !Number(value, 5, 2, out var month) || month is < 1 or > 12) return -1;
        if (value.Length == 7) return 7;
        if (value[7] != '-' || !Number(value, 8, 2, out var day)) return -1;
        return day >= 1 && day <= DateTime.DaysInMonth(year, month) ? 10 : -1;
    }

    /// <summary>Length of a time with seconds at the beginning, -1 when there is none. 60 is a leap second.</summary>
    private static int TimeEnd(ReadOnlySpan<byte> value)
    {
        if (!Number(value, 0, 2, out var hour) || hour > 23 || value.Length < 8 || value[2] != ':' || !Number(value, 3, 2, out var minute) || minute > 59) return -1;
        if (value[5] != ':' || !Number(value, 6, 2, out var second) || second > 60) return -1;
        if (value.Length == 8 || value[8] != '.') return 8;
        var end = 9;
        while (end < value.Length && value[end] is >= (byte)'0' and <= (byte)'9') end++;
        return end > 9 ? end : -1;
    }

    private static bool IsOffset(ReadOnlySpan<byte> value)
    {
        if (value.Length == 1) return value[0] == 'Z';
        return value.Length == 6 && value[0] is (byte)'+' or (byte)'-' && value[3] == ':' && Number(value, 1, 2, out var hour) && hour <= 14 && Number(value, 4, 2, out var minute) && minute <= 59;
    }

    private static bool Number(ReadOnlySpan<byte> value, int at, int digits, out int number)
    {
        number = 0;
        if (value.Length < at + digits) return false;
        foreach (var digit in value.Slice(at, digits))
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = number * 10 + digit - '0';
        }

        return true;
    }
}
