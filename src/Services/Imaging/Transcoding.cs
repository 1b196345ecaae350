using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Store;
using Yunnao.Services.Imaging.Web;

namespace Yunnao.Services.Imaging;

/// <summary>Writes stored instances in another transfer syntax than the one they came in.</summary>
internal static class Transcoding
{
    /// <summary>The data set in an uncompressed syntax, in memory; null when its pixels cannot be decoded here.</summary>
    public static byte[]? DataSet(StoredFile file, TransferSyntax syntax) => Read(file) is { Syntax.IsEncapsulated: false } read && DicomWriter.WriteDataSet(read.DataSet, syntax).Try(out var data, out _) ? data : null;

    /// <summary>The whole file in an uncompressed syntax, in memory; null when its pixels cannot be decoded here.</summary>
    public static byte[]? File(DicomSource source, TransferSyntax syntax) => Read(source) is { Syntax.IsEncapsulated: false } read && DicomWriter.Write(read, syntax).Try(out var bytes, out _) ? bytes : null;

    private static DicomFile? Read(DicomSource source) => source.Changed is { } bytes ? DicomReader.Read(bytes).Try(out var read, out _) ? read : null : Read(source.Kept);

    private static DicomFile? Read(StoredFile file)
    {
        if (file.Length > int.MaxValue - 1024) return null;
        return DicomReader.Read(file.Read(0, (int)file.Length)).Try(out var read, out _) ? read : null;
    }
}
