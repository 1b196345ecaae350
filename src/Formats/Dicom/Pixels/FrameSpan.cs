namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>Where a frame is.</summary>
/// <param name="Offset">
/// Byte offset of its first byte in the file. Of a compressed frame the first byte of its first fragment, after the head of the item.
/// </param>
/// <param name="Length">
/// Bytes to read. When a compressed frame is in several fragments, the heads of the items between them (8 bytes each) are within;
/// <see cref="FrameIndex.Join"/> takes them out.
/// </param>
/// <param name="FirstBit">For frames of single bits: the frame begins at this bit of its first byte (0 is the lowest). Else 0.</param>
/// <param name="Fragments">Number of fragments; 0 when the frame is not compressed.</param>
/// <param name="FirstLength">Bytes of the first of several fragments; else 0.</param>
public readonly record struct FrameSpan(long Offset, long Length, int FirstBit = 0, int Fragments = 0, long FirstLength = 0);
