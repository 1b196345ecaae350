using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom;

/// <summary>A DICOM object: a file of PS3.10, or a bare data set.</summary>
/// <param name="Syntax">The transfer syntax the data set is in.</param>
/// <param name="Meta">The file meta information, group 0002; empty when there is none.</param>
/// <param name="DataSet">The data set.</param>
public sealed record DicomFile(TransferSyntax Syntax, DicomDataSet Meta, DicomDataSet DataSet)
{
    /// <summary>The 128 bytes before the prefix DICM; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Preamble { get; init; }

    /// <summary>What is wrong with the object, with byte offsets; the parts that could be read are there all the same.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>True when the object ended inside an element.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>Offset of the first byte of the data set in the file (bytes); of a deflated one the first deflated byte.</summary>
    public long DataSetOffset { get; init; }

    /// <summary>Where the pixel data is when a header was read; null when there is none, or when the whole object was read into memory.</summary>
    public DeferredValue? PixelData { get; init; }
}
