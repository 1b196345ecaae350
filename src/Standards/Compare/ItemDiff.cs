using System.Globalization;
using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of an item.</summary>
internal static class ItemDiff
{
    public static void Compare(Item before, Item after, string dataSet, List<Change> changes)
    {
        var id = $"{dataSet}.{after.Name}";
        void Add(ChangeClass change, string field, string old, string now) => changes.Add(new(change, EntryKind.Item, id, dataSet, field, old, now));

        if (before.Name != after.Name) Add(ChangeClass.Rename, "item", before.Name, after.Name);
        if (TypeChange.Of(before.Element.Type, before.Element.Format, after.Element.Type, after.Element.Format) is { } type)
        {
            Add(type, "type", $"{before.Element.Type} {before.Element.Format.Text}", $"{after.Element.Type} {after.Element.Format.Text}");
        }
        else if (before.Element.Id != after.Element.Id) Add(ChangeClass.Text, "element", before.Element.Id, after.Element.Id);
        if (before.Required != after.Required)
        {
            Add(after.Required ? ChangeClass.Narrow : ChangeClass.Widen, "card", before.Required ? "1" : "0..1", after.Required ? "1" : "0..1");
        }

        if (RangeChange(before, after) is { } range) Add(range, "range", Range(before), Range(after));
        if (CodesChange(before.ValueSet, after.ValueSet) is { } codes) Add(codes, "value-set", before.ValueSet?.Id ?? "", after.ValueSet?.Id ?? "");
        if (before.Unit != after.Unit) Add(ChangeClass.Narrow, "unit", before.Unit ?? "", after.Unit ?? "");
        if (before.RoleWords() != after.RoleWords()) Add(ChangeClass.Narrow, "role", before.RoleWords(), after.RoleWords());
        if (before.Level != after.Level)
        {
            Add(after.Level > before.Level ? ChangeClass.Narrow : ChangeClass.Widen, "level", Number(before.Level), Number(after.Level));
        }

        if (before.Deid != after.Deid) Add(after.Deid == Deid.Keep ? ChangeClass.Widen : ChangeClass.Narrow, "deid", Word(before.Deid), Word(after.Deid));
        Paths(before, after, Add);
        RegistryDiff.Texts(before.Title, after.Title, "name", EntryKind.Item, id, dataSet, changes);
        RegistryDiff.Texts(before.Definition, after.Definition, "definition", EntryKind.Item, id, dataSet, changes);
        RegistryDiff.Text(before.Id ?? "", after.Id ?? "", "identifier", EntryKind.Item, id, dataSet, changes);
        RegistryDiff.Text(before.Source, after.Source, "source", EntryKind.Item, id, dataSet, changes);
    }

    /// <summary>A path that says more is a wider one; a default path that is taken away or replaced reads something else.</summary>
    private static void Paths(Item before, Item after, Action<ChangeClass, string, string, string> add)
    {
        foreach (var format in before.Paths.Keys.Union(after.Paths.Keys).Order(StringComparer.Ordinal))
        {
            var (old, now) = (before.Paths.GetValueOrDefault(format, ""), after.Paths.GetValueOrDefault(format, ""));
            if (old != now) add(old.Length == 0 || now.StartsWith($"{old} | ", StringComparison.Ordinal) ? ChangeClass.Widen : ChangeClass.Narrow, format, old, now);
        }
    }

    private static ChangeClass? RangeChange(Item before, Item after)
    {
        if (before.Min == after.Min && before.Max == after.Max) return null;
        return AtMost(after.Min, before.Min, low: true) && AtMost(before.Max, after.Max, low: false) ? ChangeClass.Widen : ChangeClass.Narrow;
    }

    /// <summary>True when the first bound is at or below the second; no bound is below all others as a lower one and above all as an upper one.</summary>
    private static bool AtMost(string? first, string? second, bool low)
    {
        if (first == second) return true;
        if (first is null) return low;
        if (second is null) return !low;
        return decimal.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out var f)
            && decimal.TryParse(second, NumberStyles.Float, CultureInfo.InvariantCulture, out var s)
            ? f <= s
            : string.CompareOrdinal(first, second) <= 0;
    }

    private static ChangeClass? CodesChange(ValueSet? before, ValueSet? after)
    {
        if (before?.Id == after?.Id) return null;
        if (after is null) return ChangeClass.Widen;
        return before is not null && before.Codes.Keys.All(after.Codes.ContainsKey) ? ChangeClass.Widen : ChangeClass.Narrow;
    }

    private static string Range(Item item) => item.Min is null && item.Max is null ? "" : $"{item.Min} – {item.Max}".Trim();

    private static string Number(int? level) => level?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Word(Deid? deid) => deid?.ToString().ToLowerInvariant() ?? "";
}
