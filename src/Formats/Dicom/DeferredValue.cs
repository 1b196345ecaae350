namespace Yunnao.Formats.Dicom;

/// <summary>A value that a header was read without: where it is in the file.</summary>
/// <param name="Tag">Its element.</param>
/// <param name="Vr">Its representation.</param>
/// <param name="Offset">
/// Byte offset of the value's first byte in the file; in a deflated object in the inflated data set. For encapsulated pixel data that of the
/// first item (the basic offset table).
/// </param>
/// <param name="Length">Length in bytes as written; -1 when undefined, that is encapsulated.</param>
public sealed record DeferredValue(DicomTag Tag, Vr Vr, long Offset, long Length)
{
    /// <summary>True when the value is fragments.</summary>
    public bool IsEncapsulated => Length < 0;
}
