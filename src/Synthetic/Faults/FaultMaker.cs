using System.Globalization;
using System.Text;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Rules;

namespace Yunnao.Synthetic.Faults;

/// <summary>
/// Spoils a clean row so that exactly one check fails. What can be spoiled follows from the registry: every check of the data set,
/// rules included, is a kind of fault, so a new check is injected without a line of code here.
/// </summary>
internal sealed class FaultMaker
{
    private const int Attempts = 24;

    // Longer texts are not made too long: a few of them would be most of the city's bytes.
    private const int MostLength = 1000;

    private readonly RowShape _shape;
    private readonly RowChecker _checker;
    private readonly RuleBreaker _rules;
    private readonly List<(string Kind, int[] Slots)> _kinds = [];
    private readonly Row _copy;

    public FaultMaker(RowShape shape, IReadOnlyDictionary<string, ValueSet> valueSets)
    {
        _shape = shape;
        _checker = new RowChecker(shape, valueSets);
        _rules = new RuleBreaker(shape, _checker);
        _copy = new Row(shape);
        Add("required", i => i.Required && (i.Roles & (Roles.Organisation | Roles.Record | Roles.Subject)) == 0);
        Add("type", i => i.Element.Type is not (ElementType.S1 or ElementType.S2 or ElementType.S3) && !i.Roles.HasFlag(Roles.Record));
        Add("length", i => i.ValueSet is null && i.Element.Type is ElementType.S1 or ElementType.S2 or ElementType.S3 && i.Element.Format.Length is > 0 and <= MostLength && Plain(i));
        Add("value-set", i => i.ValueSet is not null && Plain(i));
        Add("range", i => (i.Min is not null || i.Max is not null) && !i.Roles.HasFlag(Roles.Record));
        Add("id-number", i => i.Identity == "id_number");
        Add(Fault.Encoding, i => i.Element.Type == ElementType.S1 && Plain(i) && i.Element.Format is { Length: > 10 });
        foreach (var rule in shape.DataSet.Rules) _kinds.Add(("rule:" + rule.Id, []));
    }

    /// <summary>Every kind of fault that rows of this data set can have.</summary>
    public IEnumerable<string> Kinds => _kinds.Select(k => k.Kind);

    /// <summary>True when the row passes every check.</summary>
    public bool IsClean(Row row) => _checker.Check(row).Count == 0;

    /// <summary>The checks that a row fails.</summary>
    public IReadOnlyList<Failure> Check(Row row) => _checker.Check(row);

    /// <summary>Spoils the row and says how; null when this row cannot be spoiled, and then it is unchanged.</summary>
    /// <param name="outlet">Where the row goes: it knows what can be spoiled, and what the receiver will see.</param>
    public Fault? Spoil(Dice dice, Row row, IOutlet outlet)
    {
        _copy.CopyFrom(row);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (kind, slots) = dice.Pick(_kinds);
            if (kind.StartsWith("rule:", StringComparison.Ordinal))
            {
                if (_rules.Break(dice, row, _copy, kind, outlet) is { } broken) return broken;
            }
            else
            {
                var slot = dice.Pick(slots);
                if ((row.IsNull(slot) && kind != "length") || !outlet.CanAlter(row, slot)) continue;
                Alter(dice, row, slot, kind);
                if (_checker.Check(row, outlet.Sends) is [var only] && only.Code == kind && outlet.ReadsBack(row, slot)) return new(kind, _shape.Items[slot].Name, only.Severity);
            }

            row.CopyFrom(_copy);
        }

        return null;
    }

    private static bool Plain(Item item) => (item.Roles & (Roles.Record | Roles.Subject | Roles.Organisation | Roles.Encounter | Roles.Time)) == 0;

    private void Add(string kind, Func<Item, bool> suits)
    {
        var slots = Enumerable.Range(0, _shape.Items.Length).Where(s => suits(_shape.Items[s])).ToArray();
        if (slots.Length > 0) _kinds.Add((kind, slots));
    }

    private void Alter(Dice dice, Row row, int slot, string kind)
    {
        var item = _shape.Items[slot];
        if (kind == "required") row.PutNull(slot);
        else row.Put(slot, Encoding.UTF8.GetBytes(Altered(dice, item, row.Text(slot) ?? "", kind)));
    }

    private static string Altered(Dice dice, Item item, string text, string kind) => kind switch
    {
        "type" => WrongType(dice, item.Element.Type),
        "length" => TooLong(item, text),
        "value-set" => NoCode(dice, item.ValueSet!),
        "range" => Outside(dice, item),
        "id-number" => WrongCheckDigit(text),
        _ => Undecodable(dice, text),
    };

    private static string WrongType(Dice dice, ElementType type) => type switch
    {
        ElementType.N => dice.Pick(["未查", "<0.5", "1.2.3", "12,5", "++"]),
        ElementType.L => dice.Pick(["不详", "2", "maybe"]),
        _ => dice.Pick(["2025-02-30", "2025/13/01", "不详", "20251341", "昨天"]),
    };

    private static string TooLong(Item item, string text)
    {
        var filler = text.Length > 0 ? text : item.Title.Zh;
        var long_ = new StringBuilder(text);
        while (long_.Length <= item.Element.Format.Length) long_.Append(filler);
        return long_.ToString();
    }

    private static string NoCode(Dice dice, ValueSet set)
    {
        var width = set.Codes.Keys.First().Length;
        string code;
        do
        {
            code = dice.Chance(0.3) ? dice.Pick(["X", "?", "未知", "-"]) : dice.Below((int)Math.Pow(10, Math.Min(width + 1, 6))).ToString(CultureInfo.InvariantCulture);
        }
        while (set.Codes.ContainsKey(code));
        return code;
    }

    private static string Outside(Dice dice, Item item)
    {
        var above = item.Min is null || (item.Max is not null && dice.Chance(0.5));
        var bound = above ? item.Max! : item.Min!;
        if (item.Element.Type == ElementType.N)
        {
            var value = decimal.Parse(bound, CultureInfo.InvariantCulture);
            var step = Math.Max(1, Math.Ceiling(Math.Abs(value) * 0.1m));
            return (above ? value + step : value - step).ToString(CultureInfo.InvariantCulture);
        }

        var day = DateOnly.Parse(bound, CultureInfo.InvariantCulture);
        var moved = above ? day.AddYears(dice.Between(1, 50)) : day.AddYears(-dice.Between(1, 50));
        return item.Element.Type == ElementType.D ? moved.ToString("yyyy-MM-dd") : moved.ToString("yyyy-MM-dd") + " 08:00:00";
    }

    private static string WrongCheckDigit(string text)
    {
        const string digits = "0123456789X";
        var next = digits[(digits.IndexOf(text[^1], StringComparison.Ordinal) + 1) % digits.Length];
        return text[..^1] + next;
    }

    /// <summary>U+FFFD stands for the bytes that no decoder can read; the outlet writes them.</summary>
    private static string Undecodable(Dice dice, string text)
    {
        var at = dice.Below(text.Length + 1);
        return text.Length < 2 ? text + '\uFFFD' : text[..at] + '\uFFFD' + text[Math.Min(text.Length, at + 1)..];
    }
}
