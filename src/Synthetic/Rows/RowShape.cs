using Yunnao.Standards;

namespace Yunnao.Synthetic.Rows;

/// <summary>The items of a data set as numbered slots, with what the row needs to know of each.</summary>
internal sealed class RowShape
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<object, int> _byReference = new(ReferenceEqualityComparer.Instance);

    public RowShape(DataSet dataSet)
    {
        DataSet = dataSet;
        Items = [.. dataSet.Items];
        for (var i = 0; i < Items.Length; i++) _byName.Add(Items[i].Name, i);
        Key = [.. Slots(Roles.Record)];
        Subject = Slots(Roles.Subject).FirstOrDefault(-1);
        Organisation = Slots(Roles.Organisation).FirstOrDefault(-1);
    }

    public DataSet DataSet { get; }

    public Item[] Items { get; }

    /// <summary>Slots of the local record key, in the order of the registry.</summary>
    public int[] Key { get; }

    public int Subject { get; }

    public int Organisation { get; }

    /// <summary>Names the city's model has used that the registry does not have: a sign that the two have drifted apart.</summary>
    public HashSet<string> Unknown { get; } = [];

    /// <summary>
    /// Slot of an item, or -1 when the registry does not have it. Names are literals of the model, so the usual way is a
    /// look-up by reference.
    /// </summary>
    public int Find(string name)
    {
        if (_byReference.TryGetValue(name, out var slot)) return slot;
        if (!_byName.TryGetValue(name, out slot))
        {
            slot = -1;
            Unknown.Add(name);
        }

        _byReference.Add(name, slot);
        return slot;
    }

    private IEnumerable<int> Slots(Roles role)
    {
        for (var i = 0; i < Items.Length; i++)
        {
            if (Items[i].Roles.HasFlag(role)) yield return i;
        }
    }
}
