using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of a value set.</summary>
internal static class ValueSetDiff
{
    private const int MostNamed = 8;

    public static void Compare(ValueSet before, ValueSet after, List<Change> changes)
    {
        var id = after.Id;
        void Add(ChangeClass change, string field, string old, string now) => changes.Add(new(change, EntryKind.ValueSet, id, id, field, old, now));

        if (!ReferenceEquals(before.Codes, after.Codes))
        {
            var gone = before.Codes.Keys.Where(c => !after.Codes.ContainsKey(c)).ToArray();
            var added = after.Codes.Keys.Where(c => !before.Codes.ContainsKey(c)).ToArray();
            var others = after.Codes.Values.Where(c => before.Codes.TryGetValue(c.Value, out var old) && !Same(old, c)).Select(c => c.Value).ToArray();
            if (gone.Length > 0) Add(ChangeClass.Narrow, "codes-gone", Named(gone), "");
            if (added.Length > 0) Add(ChangeClass.Add, "codes-new", "", Named(added));
            if (others.Length > 0) Add(ChangeClass.Text, "codes-text", "", Named(others));
        }

        RegistryDiff.Text(before.Oid ?? "", after.Oid ?? "", "oid", EntryKind.ValueSet, id, id, changes);
        RegistryDiff.Texts(before.Name, after.Name, "name", EntryKind.ValueSet, id, id, changes);
        RegistryDiff.Text(before.Source, after.Source, "source", EntryKind.ValueSet, id, id, changes);
    }

    private static bool Same(Code before, Code after) =>
        before.Name == after.Name && before.Parent == after.Parent && before.Attributes.Count == after.Attributes.Count
        && before.Attributes.All(a => after.Attributes.TryGetValue(a.Key, out var value) && value == a.Value);

    private static string Named(string[] codes) =>
        string.Join(' ', codes.Take(MostNamed)) + (codes.Length > MostNamed ? $" … ({codes.Length})" : "");
}
