namespace Yunnao.Formats.Dicom;

/// <summary>How a transfer syntax codes pixel data.</summary>
public enum PixelCoding
{
    /// <summary>Uncompressed, one stretch of bytes.</summary>
    Native,

    /// <summary>Uncompressed, a fragment a frame.</summary>
    EncapsulatedNative,

    /// <summary>RLE (PS3.5 G).</summary>
    Rle,

    /// <summary>JPEG (ISO 10918-1), lossy or lossless.</summary>
    Jpeg,

    /// <summary>JPEG-LS (ISO 14495-1).</summary>
    JpegLs,

    /// <summary>JPEG 2000 (ISO 15444-1) and high-throughput JPEG 2000 (ISO 15444-15).</summary>
    Jpeg2000,

    /// <summary>Each frame deflated (PS3.5 A.4.13).</summary>
    DeflatedFrames,

    /// <summary>Encapsulated, in a form for which there is no decoder here (video, JPEG XL, private).</summary>
    Unknown,
}
