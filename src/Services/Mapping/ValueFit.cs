using System.Globalization;
using Yunnao.Kernel;
using Yunnao.Standards;

namespace Yunnao.Services.Mapping;

/// <summary>How well the values of a column fit an item: their type, codes, form and length.</summary>
/// <param name="Score">0 no value fits, 1 all do; 0.5 when the values say nothing.</param>
/// <param name="Format">strptime format of a time that is not written the usual way; null otherwise.</param>
/// <param name="Codes">Local value → code, where the values are the names of the codes; empty otherwise.</param>
internal sealed record ValueFit(double Score, string Why, string? Format, IReadOnlyDictionary<string, string> Codes)
{
    private static readonly string[] UsualTimes = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm"];

    private static readonly (string Net, string Strptime)[] Times =
    [
        ("yyyyMMdd", "%Y%m%d"), ("yyyyMMddHHmmss", "%Y%m%d%H%M%S"), ("yyyyMMddHHmm", "%Y%m%d%H%M"),
        ("yyyy/M/d", "%Y/%m/%d"), ("yyyy/M/d H:mm:ss", "%Y/%m/%d %H:%M:%S"), ("yyyy/M/d H:mm", "%Y/%m/%d %H:%M"),
        ("yyyy.M.d", "%Y.%m.%d"), ("yyyy年M月d日", "%Y年%m月%d日"), ("dd/MM/yyyy", "%d/%m/%Y"), ("yyyy-M-d H:mm:ss", "%Y-%m-%d %H:%M:%S"),
    ];

    private static readonly Dictionary<string, bool> Flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["是"] = true, ["否"] = false, ["有"] = true, ["无"] = false, ["Y"] = true, ["N"] = false, ["T"] = true, ["F"] = false, ["yes"] = true, ["no"] = false, ["√"] = true, ["×"] = false,
    };

    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    public static ValueFit Of(SampleColumn column, Item item)
    {
        if (column.Filled == 0) return new(0.5, "empty", null, None);
        if (item.Identity == "id_number") return Plain(column, v => IdNumber.IsValid(v), "id-number");
        if (item.Identity is "phone" or "kin_phone") return Plain(column, IsPhone, "phone");
        if (item.ValueSet is { } set) return OfCodes(column, set);
        return item.Element.Type switch
        {
            ElementType.D or ElementType.DT => OfTimes(column),
            ElementType.N => OfNumbers(column),
            ElementType.L => OfFlags(column),
            _ => OfText(column, item),
        };
    }

    private static ValueFit Plain(SampleColumn column, Func<string, bool> fits, string why) => new(column.Share(fits), why, null, None);

    /// <summary>A column of numbers has hardly anything else in it; one with words among them is of text.</summary>
    private static ValueFit OfNumbers(SampleColumn column)
    {
        var numbers = column.Share(v => decimal.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        return new(numbers >= 0.9 ? numbers : numbers * 0.5, "number", null, None);
    }

    private static bool IsPhone(string text) => text.Length is >= 7 and <= 20 && text.All(c => char.IsAsciiDigit(c) || c is '-' or '+' or ' ' or '(' or ')');

    private static ValueFit OfCodes(SampleColumn column, ValueSet set)
    {
        var direct = column.Share(set.Codes.ContainsKey);
        if (direct >= 0.5 || set.Codes.Count > 2000) return new(Math.Max(direct, 0.2), "codes", null, None);
        var byName = set.Codes.Values.SelectMany(c => new[] { (c.Name.Zh, c.Value), (c.Name.En, c.Value), (Bare(c.Name.Zh), c.Value) }).Where(p => p.Item1.Length > 0).DistinctBy(p => p.Item1, StringComparer.OrdinalIgnoreCase).ToDictionary(p => p.Item1, p => p.Value, StringComparer.OrdinalIgnoreCase);
        var named = column.Share(byName.ContainsKey);
        if (named > direct) return new(named, "code-names", null, column.Values.Keys.Where(byName.ContainsKey).ToDictionary(v => v, v => byName[v], StringComparer.Ordinal));

        // A local code list looks like one: few short values. It needs a code map.
        var local = column.Values.Count <= Math.Max(60, set.Codes.Count * 2) && column.Share(v => v.Length <= 20) > 0.95 && column.Values.Count < column.Filled;
        return new(local ? Math.Max(direct, 0.4) : direct * 0.5, "local-codes", null, None);
    }

    /// <summary>A name as it is written in a column of its kind: 男性 is 男, A型 is A.</summary>
    private static string Bare(string name) => name.Length > 1 && name[^1] is ('性' or '型' or '级') ? name[..^1] : name;

    /// <summary>Flags that are not written as the engine reads them need a code map to true and false.</summary>
    private static ValueFit OfFlags(SampleColumn column)
    {
        var words = column.Values.Keys.Where(v => !IsFlag(v) && Flags.ContainsKey(v)).ToDictionary(v => v, v => Flags[v] ? "true" : "false", StringComparer.Ordinal);
        return new(column.Share(v => IsFlag(v) || Flags.ContainsKey(v)), "boolean", null, words);
    }

    private static bool IsFlag(string text) => text.ToLowerInvariant() is "0" or "1" or "true" or "false";

    private static ValueFit OfTimes(SampleColumn column)
    {
        var usual = column.Share(v => UsualTimes.Any(t => IsTime(v, t)));
        var (format, share) = Times.Select(t => (t.Strptime, Share: column.Share(v => IsTime(v, t.Net)))).MaxBy(t => t.Share);
        return share > usual ? new(share, "time", format, None) : new(usual, "time", null, None);
    }

    private static bool IsTime(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Year is > 1850 and < 2100;

    private static ValueFit OfText(SampleColumn column, Item item)
    {
        // What is read as a number or a time may still be text; what has the form of another kind of item is rather that.
        var times = column.Share(v => Times.Any(t => t.Net.Length > 8 && IsTime(v, t.Net)) || UsualTimes.Any(t => IsTime(v, t)));
        if (times > 0.8) return new(0.1, "text", null, None);
        if (item.Roles.HasFlag(Roles.Record) || item.Roles.HasFlag(Roles.Encounter)) return new(column.Share(v => v.Length <= 64 && v.All(c => c < 0x4E00)) * 0.8, "key", null, None);
        return new(0.5 + (column.Share(v => v.Length <= 4000) * 0.1), "text", null, None);
    }
}
