using System.Text;

namespace Yunnao.Formats.Fhir;

/// <summary>An element of a resource type by its path, with how many values it carried.</summary>
internal sealed class ElementNode(byte[] name)
{
    private readonly List<ElementNode> _children = [];

    public ReadOnlySpan<byte> Name => name;

    public IReadOnlyList<ElementNode> Children => _children;

    public long Count { get; set; }

    public bool Mapped { get; set; }

    /// <summary>The name as text; <c>?</c> when it is not the name of an element, so that odd content does not get into a report.</summary>
    public string Text =>
        name.Length <= 64 && name.All(b => char.IsAsciiLetterOrDigit((char)b) || b == '_') ? Encoding.ASCII.GetString(name) : "?";

    /// <summary>The child of a name, made when it is not there; null when there are too many.</summary>
    public ElementNode? Child(ReadOnlySpan<byte> child)
    {
        foreach (var known in _children)
            if (known.Name.SequenceEqual(child)) return known;
        if (_children.Count >= 256) return null;
        var made = new ElementNode(child.ToArray());
        _children.Add(made);
        return made;
    }
}
