using System.Globalization;
using Yunnao.Standards;

namespace Yunnao.Synthetic.Rules;

/// <summary>Reads a cell by its element's type. Null when it cannot be read or would be changed by reading it.</summary>
internal static class TypedValue
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyyMMdd"];
    private static readonly string[] Times = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd", "yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMdd"];

    public static object? Read(DataElement element, string text) => element.Type switch
    {
        ElementType.N => Number(element.Format, text),
        ElementType.L => text switch { "true" => true, "false" => false, _ => null },
        ElementType.D => DateOnly.TryParseExact(text, Dates, null, DateTimeStyles.None, out var date) ? date : null,
        ElementType.DT => DateTime.TryParseExact(text, Times, null, DateTimeStyles.None, out var time) ? time : null,
        ElementType.T => TimeOnly.TryParseExact(text, "HH:mm:ss", out var time) ? time : null,
        _ => text,
    };

    private static double? Number(ElementFormat format, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) return null;
        return Math.Abs(value - Math.Round(value, format.Decimals)) > 1e-6 ? null : value;
    }
}
