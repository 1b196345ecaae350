using System.Runtime.InteropServices;

namespace Yunnao.Formats.Dicom;

/// <summary>
/// An element, item or fragment as the parser saw it: 16 bytes, so that a header of the smallest elements (8 bytes each) costs no more than
/// twice its size. The children of a sequence or item lie next to each other.
/// </summary>
/// <param name="Tag">The tag.</param>
/// <param name="Vr">The representation.</param>
/// <param name="Flags">See <see cref="NodeFlags"/>.</param>
/// <param name="Letters">The two bytes of a representation that is not known, else 0.</param>
/// <param name="Start">Offset of the value in the bytes; of a sequence or item the first child; of a deferred value its number.</param>
/// <param name="Length">Length of the value in bytes, or number of children.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Node(uint Tag, Vr Vr, NodeFlags Flags, ushort Letters, int Start, uint Length)
{
    public bool Has(NodeFlags flag) => (Flags & flag) != 0;
}
