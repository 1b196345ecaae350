using System.Buffers;
using System.Text;
using Xunit;
using Yunnao.Formats.Dicom;
using Yunnao.Services.Imaging.Index;
using Yunnao.Services.Imaging.Web;

namespace Yunnao.Tests.Unit.Imaging;

public sealed class HeaderBlockTests
{
    [Theory]
    [InlineData("""{"00080018":{"vr":"UI","Value":["1"]},"00200013":{"vr":"IS","Value":[1]}}""", """{"00080018":{"vr":"UI","Value":["2"]},"00200013":{"vr":"IS","Value":[2]}}""")]
    [InlineData("""{"00080018":{"vr":"UI"},"00280010":{"vr":"US","Value":[4]}}""", """{"00080018":{"vr":"UI"}}""")]
    [InlineData("""{"00080018":{"vr":"UI"}}""", """{"00080016":{"vr":"UI"},"00080018":{"vr":"UI"},"7FE00010":{"vr":"OW","BulkDataURI":"bulk:7FE00010"}}""")]
    [InlineData("{}", """{"00080018":{"vr":"UI"}}""")]
    [InlineData("""{"00080018":{"vr":"UI"}}""", "{}")]
    public void A_header_is_that_of_the_series_and_what_differs(string series, string instance)
    {
        var (common, own) = (HeaderBlock.Of(Encoding.UTF8.GetBytes(series)), HeaderBlock.Of(Encoding.UTF8.GetBytes(instance)));
        var difference = common.Difference(own);
        Assert.Equal(own.Bytes.ToArray(), common.With(difference).Bytes.ToArray());
        Assert.Equal(instance, Encoding.UTF8.GetString(AnswerBlock.ToJson(common.With(difference))));

        // As metadata the same, with the address of long values.
        var (output, writer) = (new ArrayBufferWriter<byte>(), new MetadataWriter(common));
        writer.Write(output, difference, "http://archive/"u8);
        writer.Write(output, difference, "http://archive/"u8);
        var once = instance.Replace("bulk:", "http://archive/", StringComparison.Ordinal);
        Assert.Equal(once + once, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_header_that_is_the_same_takes_no_bytes()
    {
        var block = HeaderBlock.Of("""{"00080018":{"vr":"UI","Value":["1"]}}"""u8);
        Assert.True(block.Difference(block).Bytes.IsEmpty);
        Assert.Equal("""{"vr":"UI","Value":["1"]}""", Encoding.UTF8.GetString(block.Find(Tags.SopInstanceUid)));
    }
}
