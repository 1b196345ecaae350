using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Pixels;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>
/// Decoded frames beside the truth: the same image of NEMA WG04 uncompressed and in every coding, exact where the coding is lossless and within
/// a stated bound where it is not.
/// </summary>
public sealed class FrameTruthTests
{
    /// <summary>
    /// Folder, image, and what the lossy coding of these files costs: the largest difference of a sample and the mean one, in units of the
    /// stored value (CT1, MR1, NM1: 16 bits; US1, VL1: 8 bits). 0: lossless. JPEG-LS was coded with NEAR = 4.
    /// </summary>
    public static TheoryData<string, string, int, double> Images => new()
    {
        { "RLE", "CT1", 0, 0 }, { "RLE", "MR1", 0, 0 }, { "RLE", "NM1", 0, 0 }, { "RLE", "US1", 0, 0 }, { "RLE", "VL1", 0, 0 },
        { "JPLL", "CT1", 0, 0 }, { "JPLL", "MR1", 0, 0 }, { "JPLL", "NM1", 0, 0 },
        { "JLSL", "CT1", 0, 0 }, { "JLSL", "MR1", 0, 0 }, { "JLSL", "NM1", 0, 0 },
        { "JLSN", "CT1", 4, 2.2 }, { "JLSN", "MR1", 4, 2.3 }, { "JLSN", "NM1", 4, 1.3 },
        { "J2KR", "CT1", 0, 0 }, { "J2KR", "MR1", 0, 0 }, { "J2KR", "NM1", 0, 0 }, { "J2KR", "US1", 0, 0 }, { "J2KR", "VL1", 0, 0 },
        { "J2KI", "CT1", 360, 26 }, { "J2KI", "MR1", 400, 35 }, { "J2KI", "NM1", 105, 4.3 }, { "J2KI", "US1", 128, 1.8 }, { "J2KI", "VL1", 48, 1.2 },
        { "JPLY", "MR1", 130, 12 }, { "JPLY", "NM1", 40, 2.4 },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void A_frame_is_that_of_the_uncompressed_image(string coding, string image, int bound, double meanBound)
    {
        var coded = Read($"nema-wg04/{coding}/{image}_{coding}.dcm");
        if (!FrameDecoder.CanDecode(coded.Syntax)) Assert.Skip("JPEG 2000 needs the library openjp2: apt-get install libopenjp2-7");
        var truth = FrameDecoder.Decode(Read($"nema-wg04/REF/{image}_UNC.dcm"), 0).Value;
        var decoded = FrameDecoder.Decode(coded, 0);
        Assert.True(decoded.Ok, decoded.Problem?.ToString());
        Assert.Equal(truth.Samples.Length, decoded.Value.Samples.Length);
        var (largest, mean) = Difference(truth, decoded.Value);
        Assert.InRange(largest, 0, bound);
        Assert.InRange(mean, 0, meanBound);
    }

    [Theory]
    [InlineData("MR1")]
    [InlineData("NM1")]
    [InlineData("RG3")]
    public void Lossy_jpeg_of_12_bits_is_what_dcmtk_makes_of_it(string image)
    {
        var name = $"nema-wg04/JPLY/{image}_JPLY.dcm";
        var theirs = Path.GetTempFileName();
        try
        {
            Peer.Run("dcmdjpeg", "dcmtk", Path.Combine(ImagingData.Root, name), theirs);
            var truth = FrameDecoder.Decode(DicomReader.Read(File.ReadAllBytes(theirs)).Value, 0).Value;
            var (largest, mean) = Difference(truth, FrameDecoder.Decode(Read(name), 0).Value);

            // Two inverse transforms may round differently.
            Assert.InRange(largest, 0, 2);
            Assert.InRange(mean, 0, 0.1);
        }
        finally
        {
            File.Delete(theirs);
        }
    }

    [Theory]
    [InlineData("pydicom-data/liver.dcm", "pydicom-data/liver_rle.dcm")]
    [InlineData("pydicom-data/liver.dcm", "pydicom-data/liver_deflate.dcm")]
    [InlineData("pydicom-data/liver.dcm", "pydicom-data/liver_expb.dcm")]
    [InlineData("pydicom-data/liver.dcm", "pydicom-data/liver_j2k.dcm")]
    [InlineData("pydicom-data/liver_nonbyte_aligned.dcm", "pydicom-data/liver_nonbyte_aligned_rle.dcm")]
    [InlineData("pydicom-data/liver_nonbyte_aligned.dcm", "pydicom-data/liver_nonbyte_aligned_deflate.dcm")]
    public void Frames_of_single_bits_are_the_same_in_every_coding(string plain, string coded)
    {
        var (one, other) = (Read(plain), Read(coded));
        if (!FrameDecoder.CanDecode(other.Syntax)) Assert.Skip("JPEG 2000 needs the library openjp2: apt-get install libopenjp2-7");
        for (var frame = 0; frame < FrameIndex.Of(one).Value.Count; frame++)
        {
            var decoded = FrameDecoder.Decode(other, frame);
            Assert.True(decoded.Ok, decoded.Problem?.ToString());
            Assert.True(FrameDecoder.Decode(one, frame).Value.Samples.Span.SequenceEqual(decoded.Value.Samples.Span), $"frame {frame}");
        }
    }

    [Fact]
    public void Every_frame_is_decoded_and_shown_or_says_why_not()
    {
        string[] allowed = ["dicom.no-image", "dicom.no-pixels"];
        var refused = new List<string>();
        foreach (var name in ImagingData.Objects())
        {
            if (!DicomReader.Read(ImagingData.Read(name)).Try(out var file, out _)) continue;
            var count = FrameIndex.Of(file).Try(out var index, out _) ? Math.Clamp(index.Count, 1, 5) : 1;
            for (var frame = 0; frame < count; frame++)
            {
                if (FrameRenderer.Render(file, frame).Try(out var shown, out var problem)) Assert.Equal(shown.Width * shown.Height * (shown.IsGrey ? 1 : 4), shown.Pixels.Length);
                else if (problem.Code == "dicom.no-openjpeg") Assert.Skip("JPEG 2000 needs the library openjp2: apt-get install libopenjp2-7");
                else if (!allowed.Contains(problem.Code)) refused.Add(name);
            }
        }

        Assert.Equal(Exclusions.Of("frames"), refused.Distinct().Order(StringComparer.Ordinal));
    }

    private static DicomFile Read(string name) => DicomReader.Read(ImagingData.Read(name)).Value;

    private static (long Largest, double Mean) Difference(DecodedFrame one, DecodedFrame other)
    {
        var (largest, sum) = (0L, 0.0);
        for (var i = 0; i < one.Pixels.SampleCount; i++)
        {
            var difference = Math.Abs(Value(one, i) - Value(other, i));
            largest = Math.Max(largest, difference);
            sum += difference;
        }

        return (largest, sum / one.Pixels.SampleCount);
    }

    private static long Value(DecodedFrame frame, int i) => frame.Pixels.BitsAllocated == 8 ? frame.Samples.Span[i]
        : frame.Pixels.IsSigned ? BitConverter.ToInt16(frame.Samples.Span[(i * 2)..]) : BitConverter.ToUInt16(frame.Samples.Span[(i * 2)..]);
}
