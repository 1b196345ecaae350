using Yunnao.Kernel;

namespace Yunnao.Formats.Dicom.Pixels;

/// <summary>How the samples of an image lie in its frames (PS3.3 C.7.6.3).</summary>
/// <param name="Rows">Height in pixels.</param>
/// <param name="Columns">Width in pixels.</param>
/// <param name="Samples">Samples per pixel: 1, 3, or 4 of the retired forms.</param>
/// <param name="BitsAllocated">Bits of a sample's cell: 1, 8, 16, 32 or 64.</param>
/// <param name="BitsStored">Bits of it that are the sample.</param>
/// <param name="HighBit">The highest of them.</param>
/// <param name="IsSigned">True for two's complement.</param>
/// <param name="Photometric">Photometric Interpretation: <c>MONOCHROME2</c>, <c>RGB</c> …</param>
/// <param name="IsPlanar">True when all samples of one colour come before those of the next.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="IsFloat">True for float and double float pixel data.</param>
public sealed record PixelDescription(
    int Rows, int Columns, int Samples, int BitsAllocated, int BitsStored, int HighBit, bool IsSigned, string Photometric, bool IsPlanar, int Frames, bool IsFloat = false)
{
    /// <summary>Larger frames are not decoded: 2^31 pixels is beyond what an array can hold.</summary>
    private const long LargestFrame = 1L << 30;

    /// <summary>Samples of one frame.</summary>
    public int SampleCount => Rows * Columns * Samples;

    /// <summary>Bits of one frame uncompressed. Frames of single bits follow each other without a gap (PS3.5 8.1.1).</summary>
    public long FrameBits => IsSubsampled ? (long)Rows * Columns * 2 * BitsAllocated : (long)SampleCount * BitsAllocated;

    /// <summary>Bytes that one frame needs when it stands alone.</summary>
    public int FrameBytes => (int)((FrameBits + 7) / 8);

    /// <summary>True when native pixel data has half of the colour samples of each row (YBR_FULL_422).</summary>
    public bool IsSubsampled => Samples == 3 && Photometric is "YBR_FULL_422" or "YBR_PARTIAL_422";

    /// <summary>True when a pixel is one grey value.</summary>
    public bool IsGrey => Photometric is "MONOCHROME1" or "MONOCHROME2";

    /// <summary>The description in a data set; a problem when it has no image or one that cannot be.</summary>
    public static Result<PixelDescription> Of(DicomDataSet set)
    {
        var (rows, columns) = (set.GetInteger(Tags.Rows) ?? 0, set.GetInteger(Tags.Columns) ?? 0);
        if (rows <= 0 || columns <= 0) return new Problem(ProblemKind.NotFound, "dicom.no-image", "the object has no image: Rows and Columns are not given");
        var samples = set.GetInteger(Tags.SamplesPerPixel) ?? 1;
        var isFloat = set.Contains(Tags.FloatPixelData) || set.Contains(Tags.DoubleFloatPixelData);
        var allocated = set.GetInteger(Tags.BitsAllocated) ?? 0;
        var stored = set.GetInteger(Tags.BitsStored) ?? allocated;
        var high = set.GetInteger(Tags.HighBit) ?? stored - 1;
        var frames = set.GetInteger(Tags.NumberOfFrames) ?? 1;
        if (allocated is not (1 or 8 or 16 or 32 or 64) || stored < 1 || stored > allocated || high < stored - 1 || high >= allocated || samples is not (1 or 3 or 4))
            return new Problem(ProblemKind.Incorrect, "dicom.pixels", "Samples per Pixel, Bits Allocated, Bits Stored and High Bit do not describe an image", new Place(Path: Tags.BitsAllocated.ToString()));
        if (rows * columns * samples * Math.Max(1, allocated / 8) > LargestFrame || frames is < 0 or > int.MaxValue)
            return new Problem(ProblemKind.Unsupported, "dicom.pixels-too-large", "a frame is larger than 1 GiB", new Place(Path: Tags.Rows.ToString()));
        var photometric = set.GetString(Tags.PhotometricInterpretation) ?? (samples == 1 ? "MONOCHROME2" : "RGB");
        var planar = samples > 1 && set.GetInteger(Tags.PlanarConfiguration) == 1;
        return new PixelDescription(
            (int)rows, (int)columns, (int)samples, (int)allocated, (int)stored, (int)high, set.GetInteger(Tags.PixelRepresentation) == 1, photometric, planar, (int)Math.Max(frames, 1), isFloat);
    }
}
