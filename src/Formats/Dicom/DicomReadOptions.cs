namespace Yunnao.Formats.Dicom;

/// <summary>Bounds of reading. The defaults suit files of any origin.</summary>
public sealed record DicomReadOptions
{
    internal static readonly DicomReadOptions Default = new();

    /// <summary>
    /// When a header is read from a stream, values of the data set longer than this are left in the file (bytes; 64 KiB to 64 MiB make
    /// sense). Pixel data always is.
    /// </summary>
    public int LargestValue { get; init; } = 1 << 20;

    /// <summary>A header that is longer than this without its deferred values is cut off there (bytes).</summary>
    public int LargestHeader { get; init; } = 256 << 20;

    /// <summary>A deflated object that inflates to more than this is cut off there (bytes).</summary>
    public int LargestInflated { get; init; } = 1 << 30;

    /// <summary>Syntax of a data set that comes without a meta header, as of DIMSE; null when the bytes must tell.</summary>
    public TransferSyntax? Syntax { get; init; }

    /// <summary>True when the input is a bare data set: no preamble and no meta header are looked for. Needs <see cref="Syntax"/>.</summary>
    public bool DataSetOnly { get; init; }
}
