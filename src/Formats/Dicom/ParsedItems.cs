using System.Collections;

namespace Yunnao.Formats.Dicom;

/// <summary>The items of a sequence that was read, made when asked for.</summary>
internal sealed class ParsedItems(DicomDataSet set, Node sequence) : IReadOnlyList<DicomDataSet>
{
    public int Count => (int)sequence.Length;

    public DicomDataSet this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, sequence.Length, nameof(index));
            var item = set.Source!.Nodes[sequence.Start + index];
            return new(set.Source, item.Start, (int)item.Length, set) { UndefinedLength = item.Has(NodeFlags.Undefined) };
        }
    }

    public IEnumerator<DicomDataSet> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
