using System.Text;
using System.Text.RegularExpressions;
using Yunnao.Standards;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Rows;
using Yunnao.Synthetic.Rules;

namespace Yunnao.Synthetic.Faults;

/// <summary>
/// Breaks a rule by trial: it changes one of the rule's items (to a code, a number, a time near another item's, nothing) until that rule
/// and no other check fails. What worked before is tried first.
/// </summary>
internal sealed partial class RuleBreaker
{
    private readonly RowShape _shape;
    private readonly RowChecker _checker;
    private readonly Dictionary<string, (Severity Severity, int[] Slots)> _rules = [];
    private readonly Dictionary<string, (int Slot, int Trial)> _worked = [];

    public RuleBreaker(RowShape shape, RowChecker checker)
    {
        _shape = shape;
        _checker = checker;
        foreach (var rule in shape.DataSet.Rules)
        {
            var slots = Name().Matches(rule.Expression).Select(m => Array.FindIndex(shape.Items, i => i.Name == m.Value)).Where(s => s >= 0).Distinct();
            _rules.Add("rule:" + rule.Id, (rule.Severity, [.. slots]));
        }
    }

    /// <param name="clean">The row as it was; the row is put back to it after each failed trial.</param>
    public Fault? Break(Dice dice, Row row, Row clean, string kind, IOutlet outlet)
    {
        var (severity, slots) = _rules[kind];
        if (_worked.TryGetValue(kind, out var known) && outlet.CanAlter(row, known.Slot) && Try(row, clean, slots, known.Slot, known.Trial, kind, outlet)) return Found(known.Slot);
        var first = dice.Below(slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[(first + i) % slots.Length];
            if (!outlet.CanAlter(row, slot) || (_shape.Items[slot].Roles & (Roles.Record | Roles.Subject | Roles.Organisation)) != 0) continue;
            for (var trial = 0; trial < Trials(slot, slots); trial++)
            {
                if (!Try(row, clean, slots, slot, trial, kind, outlet)) continue;
                _worked[kind] = (slot, trial);
                return Found(slot);
            }
        }

        return null;

        Fault Found(int slot) => new(kind, _shape.Items[slot].Name, severity);
    }

    private bool Try(Row row, Row clean, int[] slots, int slot, int trial, string kind, IOutlet outlet)
    {
        if (Value(clean, slots, slot, trial) is not { } value) row.PutNull(slot);
        else row.Put(slot, Encoding.UTF8.GetBytes(value));
        if (_checker.Check(row, outlet.Sends) is [var only] && only.Code == kind && outlet.ReadsBack(row, slot)) return true;
        row.CopyFrom(clean);
        return false;
    }

    private int Trials(int slot, int[] slots) => _shape.Items[slot] switch
    {
        { ValueSet: { } set } => 1 + Math.Min(set.Codes.Count, 60),
        { Element.Type: ElementType.N } => 1 + 6 + 3 * slots.Length,
        { Element.Type: ElementType.D or ElementType.DT } => 1 + 6 * slots.Length,
        { Element.Type: ElementType.L } => 3,
        _ => 2 + slots.Length,
    };

    /// <summary>The value of a trial; null means: leave the item out.</summary>
    private string? Value(Row clean, int[] slots, int slot, int trial)
    {
        if (trial == 0) return null;
        trial--;
        var item = _shape.Items[slot];
        if (item.ValueSet is { } set) return set.Codes.Keys.ElementAt(trial);
        return item.Element.Type switch
        {
            ElementType.N => Number(clean, slots, item, trial),
            ElementType.D or ElementType.DT => Time(clean, slots, item.Element.Type, trial),
            ElementType.L => trial == 0 ? "true" : "false",
            _ => trial == 0 ? "无" : clean.Text(slots[trial - 1]),
        };
    }

    private static string? Number(Row clean, int[] slots, Item item, int trial)
    {
        if (trial < 6) return trial switch { 0 => item.Min, 1 => item.Max, 2 => "0", 3 => "1", 4 => "-1", _ => "99" } ?? "7";
        var other = clean.Text(slots[(trial - 6) / 3]);
        if (!double.TryParse(other, out var value)) return other;
        var moved = ((trial - 6) % 3) switch { 0 => value + 1, 1 => value - 1, _ => value * 2 + 3 };
        return Math.Round(moved, item.Element.Format.Decimals).ToString("0.######");
    }

    private static string? Time(Row clean, int[] slots, ElementType type, int trial)
    {
        if (clean.Text(slots[trial / 6]) is not { } other || !DateTime.TryParse(other, out var time)) return null;
        var days = (trial % 6) switch { 0 => 1, 1 => -1, 2 => 40, 3 => -40, 4 => 4000, _ => -4000 };
        return time.AddDays(days).ToString(type == ElementType.D ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss");
    }

    [GeneratedRegex(@"\b[a-z_][a-z0-9_]*\b")]
    private static partial Regex Name();
}
