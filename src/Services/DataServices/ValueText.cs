using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Services.DataServices;

/// <summary>Values as texts of an address, a body or a cursor.</summary>
internal static class ValueText
{
    private const DateTimeStyles Plain = DateTimeStyles.NoCurrentDateDefault;

    private static readonly string[] s_moments =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"];

    /// <summary>Reads a value of a kind; false when the text is none.</summary>
    public static bool TryRead(string text, ValueKind kind, out Value value)
    {
        var culture = CultureInfo.InvariantCulture;
        Value? read = kind switch
        {
            ValueKind.Text => Value.Of(text),
            ValueKind.Number when long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole) => Value.Of(whole),
            ValueKind.Number when double.TryParse(text, NumberStyles.Float, culture, out var number) && double.IsFinite(number) => Value.Of(number),
            ValueKind.Boolean when text is "true" or "false" => Value.Of(text == "true"),
            ValueKind.Date when DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date) => Value.Of(date),
            ValueKind.Timestamp when DateTime.TryParseExact(text, s_moments, culture, Plain, out var moment) => Value.Of(moment),
            ValueKind.Time when TimeOnly.TryParse(text, culture, out var clock) => Value.Of(clock),
            ValueKind.Subject when ulong.TryParse(text, NumberStyles.None, culture, out var subject) => Value.Subject(subject),
            ValueKind.Record when UInt128.TryParse(text, NumberStyles.None, culture, out var record) => Value.Record(record),
            _ => null,
        };
        value = read.GetValueOrDefault();
        return read is not null;
    }

    /// <summary>What a value of a kind looks like, for whoever wrote another one.</summary>
    public static Sentence Form(ValueKind kind) => kind switch
    {
        ValueKind.Number => (Sentence)"a number such as 5.4",
        ValueKind.Boolean => "true or false",
        ValueKind.Date => "a date such as 2025-03-01",
        ValueKind.Timestamp => "a time such as 2025-03-01 or 2025-03-01T08:30:00",
        ValueKind.Time => "a time of day such as 08:30:00",
        ValueKind.Subject or ValueKind.Record => "decimal digits",
        _ => "a text",
    };
}
