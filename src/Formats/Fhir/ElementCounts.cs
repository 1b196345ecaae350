using System.Text;

namespace Yunnao.Formats.Fhir;

/// <summary>Occurrences of values by resource type and element path.</summary>
internal sealed class ElementCounts
{
    private readonly Dictionary<string, ElementNode> _types = new(StringComparer.Ordinal);

    public ElementNode Of(string type)
    {
        if (!_types.TryGetValue(type, out var node)) _types.Add(type, node = new ElementNode(Encoding.UTF8.GetBytes(type)));
        return node;
    }

    public void Merge(ElementCounts other)
    {
        foreach (var (type, node) in other._types) Merge(Of(type), node);
    }

    public IEnumerable<PathCount> Counts() => _types.SelectMany(t => Counts(t.Key, t.Value));

    private static void Merge(ElementNode ours, ElementNode theirs)
    {
        ours.Count += theirs.Count;
        ours.Mapped |= theirs.Mapped;
        foreach (var child in theirs.Children)
            if (ours.Child(child.Name) is { } same) Merge(same, child);
    }

    private static IEnumerable<PathCount> Counts(string path, ElementNode node)
    {
        if (node.Count > 0) yield return new(path, node.Count, node.Mapped);
        foreach (var child in node.Children)
            foreach (var count in Counts($"{path}.{child.Text}", child)) yield return count;
    }
}
