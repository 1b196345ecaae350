using System.Buffers;

namespace Yunnao.Formats.Dicom;

/// <summary>A list of nodes in a rented array.</summary>
internal sealed class NodeList : IDisposable
{
    private Node[] _nodes = ArrayPool<Node>.Shared.Rent(256);

    public int Count { get; private set; }

    public Span<Node> From(int start) => _nodes.AsSpan(start, Count - start);

    public void Add(in Node node)
    {
        if (Count == _nodes.Length) Grow(1);
        _nodes[Count++] = node;
    }

    public void AddRange(ReadOnlySpan<Node> nodes)
    {
        if (_nodes.Length - Count < nodes.Length) Grow(nodes.Length);
        nodes.CopyTo(_nodes.AsSpan(Count));
        Count += nodes.Length;
    }

    public void Cut(int count) => Count = count;

    public void Dispose()
    {
        if (_nodes.Length > 0) ArrayPool<Node>.Shared.Return(_nodes);
        _nodes = [];
        Count = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<Node>.Shared.Rent(Math.Max(Count + more, _nodes.Length * 2));
        _nodes.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<Node>.Shared.Return(_nodes);
        _nodes = larger;
    }
}
