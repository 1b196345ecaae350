using Yunnao.Formats.Dicom;

namespace Yunnao.Services.Imaging.Index;

/// <summary>The header of an instance in the DICOM JSON model, in the form in which it is kept: long values are left out and named by their path.</summary>
internal static class HeaderJson
{
    /// <summary>What stands before the path of a value that is left out; on delivery the address of the instance takes its place.</summary>
    public const string BulkScheme = "bulk:";

    private static readonly DicomJsonOptions Options = new() { BulkDataUri = path => BulkScheme + path, LargestInline = 1024 };

    public static HeaderBlock Of(DicomFile file) => HeaderBlock.Of(DicomJson.Write(file.DataSet, Options));
}
