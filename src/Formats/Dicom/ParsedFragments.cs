using System.Collections;

namespace Yunnao.Formats.Dicom;

/// <summary>The fragments of an element that was read, the first being the basic offset table.</summary>
internal sealed class ParsedFragments(ParsedSource source, Node element) : IReadOnlyList<ReadOnlyMemory<byte>>
{
    public int Count => (int)element.Length;

    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, element.Length, nameof(index));
            var fragment = source.Nodes[element.Start + index];
            return source.Bytes.Slice(fragment.Start, (int)fragment.Length);
        }
    }

    /// <summary>Offset of a fragment's first byte in the bytes.</summary>
    public int Offset(int index) => source.Nodes[element.Start + index].Start;

    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
