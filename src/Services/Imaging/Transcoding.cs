using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;
using Yunnao.Services.Imaging.Store;
using Yunnao.Services.Imaging.Web;

namespace Yunnao.Services.Imaging;

/// <summary>
/// Writes stored instances in an uncompressed transfer syntax, from whatever they came in and can be decoded here. Nothing is compressed: what
/// is kept compressed is given compressed as it came, or uncompressed.
/// </summary>
internal static class Transcoding
{
    private const long LargestPixels = 1L << 30;
    private static readonly DicomTag ExtendedOffsets = new(0x7FE0_0001), ExtendedLengths = new(0x7FE0_0002);

    /// <summary>The data set in an uncompressed syntax, in memory; null when its pixels cannot be decoded here.</summary>
    public static byte[]? DataSet(StoredFile file, TransferSyntax syntax) => Read(file) is { } read && Plain(read) is { } plain && DicomWriter.WriteDataSet(plain.DataSet, syntax).Try(out var data, out _) ? data : null;

    /// <summary>
    /// A data set of an odd length, which only an object that breaks the standard has, in the syntax in which it is kept: written anew, where every
    /// value is padded; a deflated one, and what cannot be read, with a zero behind it (PS3.5, annex A.5).
    /// </summary>
    /// <param name="start">Offset of the data set in the file (bytes).</param>
    public static byte[] EvenDataSet(StoredFile file, long start)
    {
        if (Read(file) is { Syntax.IsDeflated: false } read && DicomWriter.WriteDataSet(read.DataSet, read.Syntax).Try(out var data, out _) && data.Length % 2 == 0) return data;
        return [.. file.Read(start, (int)(file.Length - start)), 0];
    }

    /// <summary>The whole file in an uncompressed syntax, in memory; null when its pixels cannot be decoded here.</summary>
    public static byte[]? File(DicomSource source, TransferSyntax syntax) => Read(source) is { } read && Plain(read) is { } plain && DicomWriter.Write(plain, syntax).Try(out var bytes, out _) ? bytes : null;

    /// <summary>The object with its frames uncompressed, as DICOM PS3.5 8.2 wants them to be; null when one of them cannot be decoded.</summary>
    private static DicomFile? Plain(DicomFile file)
    {
        if (!file.Syntax.IsEncapsulated) return file;
        if (!FrameDecoder.CanDecode(file.Syntax) || !FrameIndex.Of(file).Try(out var index, out _) || index.Count == 0 || !FrameDecoder.Decode(file, 0).Try(out var first, out _)) return null;
        var length = (long)first.Samples.Length;
        if (length * index.Count > LargestPixels) return null;
        var pixels = new byte[length * index.Count + 1 & ~1L];
        for (var i = 0; i < index.Count; i++)
        {
            if (!FrameDecoder.Decode(file, i).Try(out var frame, out _) || frame.Samples.Length != length) return null;
            frame.Samples.CopyTo(pixels.AsMemory((int)(i * length)));
        }

        var said = first.Pixels;
        var builder = DicomBuilder.From(file.DataSet).Remove(ExtendedOffsets).Remove(ExtendedLengths)
            .Set(Tags.PhotometricInterpretation, said.Photometric).Set(Tags.SamplesPerPixel, (long)said.Samples).Set(Tags.BitsAllocated, (long)said.BitsAllocated)
            .Set(Tags.BitsStored, (long)said.BitsStored).Set(Tags.HighBit, (long)said.HighBit).Set(Tags.PixelRepresentation, said.IsSigned ? 1L : 0L)
            .SetBytes(Tags.PixelData, said.BitsAllocated > 8 ? Vr.OW : Vr.OB, pixels);
        if (said.Samples > 1) builder.Set(Tags.PlanarConfiguration, 0L);
        return file with { DataSet = builder.Build(), Syntax = TransferSyntax.ExplicitLittle };
    }

    private static DicomFile? Read(DicomSource source) => source.Changed is { } bytes ? DicomReader.Read(bytes).Try(out var read, out _) ? read : null : Read(source.Kept);

    private static DicomFile? Read(StoredFile file)
    {
        if (file.Length > int.MaxValue - 1024) return null;
        return DicomReader.Read(file.Read(0, (int)file.Length)).Try(out var read, out _) ? read : null;
    }
}
