using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>Compares two versions of a data set.</summary>
internal static class DataSetDiff
{
    public static void Compare(DataSet before, DataSet after, List<Change> changes)
    {
        var id = after.Id;
        RegistryDiff.Texts(before.Name, after.Name, "name", EntryKind.DataSet, id, id, changes);
        RegistryDiff.Texts(before.Definition, after.Definition, "definition", EntryKind.DataSet, id, id, changes);
        RegistryDiff.Text(before.Identifier ?? "", after.Identifier ?? "", "identifier", EntryKind.DataSet, id, id, changes);
        RegistryDiff.Text(before.Document ?? "", after.Document ?? "", "document", EntryKind.DataSet, id, id, changes);
        RegistryDiff.Text(before.Source, after.Source, "source", EntryKind.DataSet, id, id, changes);
        var old = before.Items.Where(IsLive).ToDictionary(i => i.Name, StringComparer.Ordinal);
        foreach (var item in after.Items.Where(IsLive))
        {
            if (Take(old, item) is { } twin) ItemDiff.Compare(twin, item, id, changes);
            else changes.Add(new(item.Required ? ChangeClass.Narrow : ChangeClass.Add, EntryKind.Item, $"{id}.{item.Name}", id, "entry", "", item.Name));
        }

        foreach (var gone in old.Values) changes.Add(new(ChangeClass.Retire, EntryKind.Item, $"{id}.{gone.Name}", id, "entry", gone.Name, ""));
    }

    private static bool IsLive(Item item) => item.Status != Status.Superseded;

    /// <summary>The item's old version, under its name or a former one.</summary>
    private static Item? Take(Dictionary<string, Item> old, Item item)
    {
        foreach (var name in (IEnumerable<string>)[item.Name, .. item.FormerNames])
        {
            if (old.Remove(name, out var twin)) return twin;
        }

        return null;
    }
}
