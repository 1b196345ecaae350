using System.Text.Json;
using Yunnao.Lake.Queries;
using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Fhir;

/// <summary>An object of a resource as the mapping knows it: properties, each with one or more values.</summary>
internal sealed class ElementNode(string type, string path)
{
    private readonly List<Property> _properties = [];

    /// <summary>FHIR type, or the path of a part of a resource.</summary>
    public string Type => type;

    /// <summary>Path without indices, such as <c>Observation.code</c>.</summary>
    public string Path => path;

    public IReadOnlyList<Property> Properties => _properties;

    /// <summary>A property; its values by what tells them apart in an array, in the order of writing.</summary>
    internal sealed class Property(string name, R4.Found found)
    {
        public string Name => name;

        public JsonEncodedText Encoded { get; } = JsonEncodedText.Encode(name, JsonText.Encoder);

        public R4.Found Found => found;

        public SortedList<string, Slot> Slots { get; } = new(StringComparer.Ordinal);

        /// <summary>The properties of which one only is written, the one that says most first; empty for plain ones.</summary>
        public List<Property> Rivals { get; set; } = [];

        public bool Has(string?[] values)
        {
            foreach (var slot in Slots.Values)
                if (slot.Has(values)) return true;
            return false;
        }

        /// <summary>True when it is written: it has a value, and no rival that says more has one.</summary>
        public bool IsWritten(string?[] values) => Has(values) && (Rivals.Count == 0 || Rivals.First(r => r.Has(values)) == this);
    }

    /// <summary>One value of a property: an object or a leaf.</summary>
    internal sealed class Slot
    {
        public ElementNode? Node { get; init; }

        public ElementLeaf? Leaf { get; set; }

        /// <summary>True of a value that is only written beside others: a constant of a path, the unit of a number.</summary>
        public bool Beside { get; set; }

        public bool Has(string?[] values) => Leaf is { } leaf ? !Beside && values[leaf.Index] is not null : Node!.Has(values);

        public bool Fills(string?[] values) => Leaf is { } leaf ? values[leaf.Index] is not null : Node!.Has(values);
    }

    public Property? Find(string name) => _properties.Find(p => p.Name == name);

    /// <summary>The property of this name, made if it is not there; null when the type has none.</summary>
    public Property? Ensure(string name)
    {
        if (Find(name) is { } known) return known;
        if (R4.Element(type, name) is not { } found) return null;
        var made = new Property(name, found);
        _properties.Add(made);
        if (found.Choice is not null)
        {
            var rivals = _properties.Where(p => p.Found.Choice == found.Choice).OrderBy(p => R4.Rank(p.Found.Type)).ToList();
            foreach (var rival in rivals) rival.Rivals = rivals;
        }

        return made;
    }

    /// <summary>The node of a value of a property.</summary>
    public static ElementNode? Into(Property property, string key, string path)
    {
        if (property.Slots.TryGetValue(key, out var slot)) return slot.Node;
        if (FhirTypes.IsPrimitive(property.Found.Type)) return null;
        var node = new ElementNode(property.Found.Type, path);
        property.Slots.Add(key, new() { Node = node });
        return node;
    }

    /// <summary>True when something in it is more than a constant.</summary>
    public bool Has(string?[] values)
    {
        foreach (var property in _properties)
            if (property.Has(values)) return true;
        return false;
    }

    /// <summary>All leaves below.</summary>
    public IEnumerable<ElementLeaf> Leaves() => _properties.SelectMany(p => p.Slots.Values).SelectMany(s => s.Leaf is { } leaf ? [leaf] : s.Node!.Leaves());
}
