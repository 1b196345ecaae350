namespace Yunnao.Formats.Dicom;

/// <summary>How a data set is written as bytes (PS3.5 10, A).</summary>
/// <param name="Uid">Its identifier.</param>
/// <param name="Coding">How pixel data is coded.</param>
/// <param name="IsExplicit">True when each element carries its representation.</param>
/// <param name="IsBigEndian">True when the high byte comes first.</param>
/// <param name="IsDeflated">True when the whole data set is deflated.</param>
public sealed record TransferSyntax(string Uid, PixelCoding Coding, bool IsExplicit = true, bool IsBigEndian = false, bool IsDeflated = false)
{
    public static readonly TransferSyntax ImplicitLittle = new("1.2.840.10008.1.2", PixelCoding.Native, IsExplicit: false);
    public static readonly TransferSyntax ExplicitLittle = new("1.2.840.10008.1.2.1", PixelCoding.Native);
    public static readonly TransferSyntax ExplicitBig = new("1.2.840.10008.1.2.2", PixelCoding.Native, IsBigEndian: true);
    public static readonly TransferSyntax Deflated = new("1.2.840.10008.1.2.1.99", PixelCoding.Native, IsDeflated: true);
    public static readonly TransferSyntax Rle = new("1.2.840.10008.1.2.5", PixelCoding.Rle);
    public static readonly TransferSyntax JpegBaseline = new("1.2.840.10008.1.2.4.50", PixelCoding.Jpeg);
    public static readonly TransferSyntax JpegExtended = new("1.2.840.10008.1.2.4.51", PixelCoding.Jpeg);
    public static readonly TransferSyntax JpegLossless = new("1.2.840.10008.1.2.4.57", PixelCoding.Jpeg);
    public static readonly TransferSyntax JpegLosslessFirstOrder = new("1.2.840.10008.1.2.4.70", PixelCoding.Jpeg);
    public static readonly TransferSyntax JpegLsLossless = new("1.2.840.10008.1.2.4.80", PixelCoding.JpegLs);
    public static readonly TransferSyntax JpegLsNear = new("1.2.840.10008.1.2.4.81", PixelCoding.JpegLs);
    public static readonly TransferSyntax Jpeg2000Lossless = new("1.2.840.10008.1.2.4.90", PixelCoding.Jpeg2000);
    public static readonly TransferSyntax Jpeg2000 = new("1.2.840.10008.1.2.4.91", PixelCoding.Jpeg2000);
    public static readonly TransferSyntax Htj2kLossless = new("1.2.840.10008.1.2.4.201", PixelCoding.Jpeg2000);
    public static readonly TransferSyntax Htj2kLosslessRpcl = new("1.2.840.10008.1.2.4.202", PixelCoding.Jpeg2000);
    public static readonly TransferSyntax Htj2k = new("1.2.840.10008.1.2.4.203", PixelCoding.Jpeg2000);
    public static readonly TransferSyntax EncapsulatedNative = new("1.2.840.10008.1.2.1.98", PixelCoding.EncapsulatedNative);
    public static readonly TransferSyntax DeflatedFrames = new("1.2.840.10008.1.2.8.1", PixelCoding.DeflatedFrames);

    private static readonly Dictionary<string, TransferSyntax> Known = Load();

    /// <summary>True when pixel data is in fragments (PS3.5 A.4).</summary>
    public bool IsEncapsulated => Coding != PixelCoding.Native;

    /// <summary>Name in English.</summary>
    public string Name => DicomUid.Find(Uid)?.Name ?? Uid;

    /// <summary>All transfer syntaxes of PS3.6 whose data sets can be read; of some the frames cannot be decoded.</summary>
    public static IReadOnlyCollection<TransferSyntax> All => Known.Values;

    /// <summary>The syntax of an identifier; null when it is not one that is known.</summary>
    public static TransferSyntax? Find(string uid) => Known.GetValueOrDefault(uid);

    /// <summary>
    /// The syntax of an identifier; one that is not known (private or newer) is taken to be explicit little endian with encapsulated pixel
    /// data, as every syntax registered since 1998 is.
    /// </summary>
    public static TransferSyntax FindOrAssume(string uid) => Find(uid) ?? new(uid, PixelCoding.Unknown);

    private static Dictionary<string, TransferSyntax> Load()
    {
        TransferSyntax[] named =
        [
            ImplicitLittle, ExplicitLittle, ExplicitBig, Deflated, Rle, JpegBaseline, JpegExtended, JpegLossless, JpegLosslessFirstOrder, JpegLsLossless,
            JpegLsNear, Jpeg2000Lossless, Jpeg2000, Htj2kLossless, Htj2kLosslessRpcl, Htj2k, EncapsulatedNative, DeflatedFrames,
        ];
        var known = named.ToDictionary(s => s.Uid, StringComparer.Ordinal);
        foreach (var uid in DicomUid.Registered)
            if (uid.Type == "Transfer Syntax") known.TryAdd(uid.Uid, new(uid.Uid, CodingOf(uid)));
        return known;
    }

    private static PixelCoding CodingOf(DicomUid uid)
    {
        if (uid.Keyword.StartsWith("JPEG2000", StringComparison.Ordinal)) return PixelCoding.Jpeg2000;
        var isJpeg = uid.Keyword.StartsWith("JPEG", StringComparison.Ordinal) && !uid.Keyword.StartsWith("JPEGXL", StringComparison.Ordinal);
        return isJpeg ? PixelCoding.Jpeg : PixelCoding.Unknown;
    }
}
