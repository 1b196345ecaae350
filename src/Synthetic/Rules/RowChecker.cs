using Yunnao.Standards;
using Yunnao.Kernel;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Rules;

/// <summary>All checks of a data set on one row: those that follow from the items, and the rules.</summary>
internal sealed class RowChecker
{
    private readonly RowShape _shape;
    private readonly List<(Rule Rule, Node Holds)> _rules;
    private readonly object?[] _values;
    private readonly bool[] _read;
    private Row? _row;
    private Func<Row, int, bool>? _sent;

    public RowChecker(RowShape shape, IReadOnlyDictionary<string, ValueSet> valueSets)
    {
        _shape = shape;
        _values = new object?[shape.Items.Length];
        _read = new bool[shape.Items.Length];
        _rules = [.. shape.DataSet.Rules.Select(r => (r, RuleReader.Read(r.Expression, (set, code) => valueSets[set].Codes.ContainsKey(code))))];
    }

    /// <summary>The checks that fail, item by item, then the rules.</summary>
    /// <param name="sent">Which items the receiver gets to know; null for all. The others count as empty, and nothing is required of them.</param>
    public List<Failure> Check(Row row, Func<Row, int, bool>? sent = null)
    {
        (_row, _sent) = (row, sent);
        Array.Clear(_read);
        var failures = new List<Failure>();
        for (var slot = 0; slot < _shape.Items.Length; slot++) Check(row, slot, failures);
        foreach (var (rule, holds) in _rules)
        {
            if (holds(Value) is false) failures.Add(new("rule:" + rule.Id, null, rule.Severity));
        }

        return failures;
    }

    private void Check(Row row, int slot, List<Failure> failures)
    {
        var item = _shape.Items[slot];
        if (_sent is not null && !_sent(row, slot)) return;
        if (row.IsNull(slot))
        {
            if (item.Required) failures.Add(new("required", item.Name, Severity.Reject));
            return;
        }

        var text = row.Text(slot)!;
        foreach (var code in Failed(item, text, Value(slot))) failures.Add(new(code, item.Name, Severity.Reject));
    }

    private static IEnumerable<string> Failed(Item item, string text, object? value)
    {
        var textual = value is string;
        if (value is null) yield return "type";
        if (item.ValueSet is { } set)
        {
            if (!set.Codes.ContainsKey(text)) yield return "value-set";
        }
        else if (textual && item.Identity != "id_number" && TooLong(item.Element.Format, text.EnumerateRunes().Count()))
        {
            yield return "length";
        }

        if (value is not null && OutOfRange(item, value)) yield return "range";
        if (item.Identity == "id_number" && !IdNumber.IsValid(text)) yield return "id-number";
        if (item.Element.Type == ElementType.S1 && text.Contains('\uFFFD')) yield return "encoding";
    }

    private static bool TooLong(ElementFormat format, int length) => format.Length > 0 && (format.Exact ? length != format.Length : length > format.Length);

    private static bool OutOfRange(Item item, object value) =>
        (item.Min is { } min && TypedValue.Read(item.Element, min) is { } low && Operators.Order(value, low) < 0)
        || (item.Max is { } max && TypedValue.Read(item.Element, max) is { } high && Operators.Order(value, high) > 0);

    private object? Value(string item)
    {
        var slot = _shape.Find(item);
        return slot < 0 ? throw new RuleSyntaxException($"{_shape.DataSet.Id} has no item {item}") : Value(slot);
    }

    private object? Value(int slot)
    {
        if (_read[slot]) return _values[slot];
        _read[slot] = true;
        return _values[slot] = _row!.IsNull(slot) || (_sent is not null && !_sent(_row, slot)) ? null : TypedValue.Read(_shape.Items[slot].Element, _row.Text(slot)!);
    }
}
