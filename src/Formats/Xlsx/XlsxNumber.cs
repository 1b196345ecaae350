using System.Globalization;

namespace Yunnao.Formats.Xlsx;

/// <summary>Numbers of Excel cells as text (ECMA-376 part 1, 18.8.30 number formats, 18.17.4 dates).</summary>
internal static class XlsxNumber
{
    /// <summary>Columns that a sheet can have.</summary>
    public const int MaxColumns = 16_384;

    /// <summary>True for the built-in formats that show dates or times, with those of Chinese Excel.</summary>
    public static bool IsBuiltInDate(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58);

    /// <summary>True for a format with a part of a date or time outside of quotes and brackets.</summary>
    public static bool IsDateFormat(string code)
    {
        var (quoted, bracket) = (false, false);
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (code[i] is '\\' or '_' or '*') i++;
            else if (code[i] == '[') bracket = i + 1 < code.Length && !"hms".Contains(char.ToLowerInvariant(code[i + 1]));
            else if (code[i] == ']') bracket = false;
            else if (!bracket && char.ToLowerInvariant(code[i]) is 'y' or 'd' or 'h' or 's') return true;
            else if (!bracket && char.ToLowerInvariant(code[i]) == 'm') return true;
            else if (code.AsSpan(i).StartsWith("General", StringComparison.OrdinalIgnoreCase)) i += 6;
        }

        return false;
    }

    /// <summary>The text of a number in the 15 digits that Excel keeps, without exponent; of a date, ISO 8601; what is neither stays as it is.</summary>
    public static string Text(string value, bool isDate, bool from1904)
    {
        if (value.Length == 0 || !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return value;
        if (isDate && number is >= 0 and < 2_958_466) return Date(number + (from1904 ? 1462 : 0));
        if (value.All(char.IsAsciiDigit)) return value;
        return Math.Abs(number) < 1e15 && decimal.TryParse(number.ToString("G15", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? exact.ToString(CultureInfo.InvariantCulture)
            : number.ToString("G15", CultureInfo.InvariantCulture);
    }

    /// <summary>Days since 1899-12-30; Excel knows a 29 February 1900, so days before it are one less.</summary>
    private static string Date(double days)
    {
        var seconds = Math.Round(days * 86_400);
        if (seconds < 86_400) return TimeSpan.FromSeconds(seconds).ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);
        var time = new DateTime(1899, 12, 30).AddSeconds(seconds + (days < 60 ? 86_400 : 0));
        return time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
