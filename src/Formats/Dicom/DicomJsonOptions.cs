namespace Yunnao.Formats.Dicom;

/// <summary>How bulk data is written in the DICOM JSON model (PS3.18 F.2.6).</summary>
public sealed record DicomJsonOptions
{
    internal static readonly DicomJsonOptions Default = new();

    /// <summary>Binary values up to this are written in the text as InlineBinary (bytes).</summary>
    public int LargestInline { get; init; } = 1024;

    /// <summary>
    /// The BulkDataURI of a binary value that is longer or was left in the file, from its path: tags in hexadecimal, with the numbers of
    /// items from 0 between them (<c>7FE00010</c>, <c>54000100/0/54001010</c>). Null, or a null answer: what is in memory is written inline, and
    /// what is not is written as an element without value.
    /// </summary>
    public Func<string, string?>? BulkDataUri { get; init; }
}
