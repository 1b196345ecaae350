using System.Text;
using Xunit;
using Yunnao.Formats.Fhir;
using Yunnao.Formats.Hl7v2;

namespace Yunnao.Tests.Formats;

/// <summary>Records over the limit of 128 MiB are refused and what follows them is read.</summary>
public sealed class TooLargeTests
{
    private const int Megabytes = 140;

    private static readonly byte[] Filler = Encoding.ASCII.GetBytes(new string('x', 1 << 20));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("MSH|^~\\&|||||||ORU^R01\rOBX|1|TX|a||")]
    [InlineData("no message at all")]
    public async Task A_message_that_does_not_end_is_refused_and_the_next_is_read(string head)
    {
        var next = "\rMSH|^~\\&|||||||ORU^R01\rPID|7\r";
        var sink = new RowCollector();
        var decoder = Hl7v2Decoder.Create([Plans.Of("ORU", null, null, "PID-1")]).Value;
        var records = await decoder.DecodeAsync(new RepeatedStream(Bytes(head), Filler, Megabytes, Bytes(next)), sink, cancel: TestContext.Current.CancellationToken);
        sink.AssertEveryRecordIsAccountedFor(records);
        Assert.Equal("hl7v2.too-large", Assert.Single(sink.Codes));
        Assert.Equal("7", Assert.Single(sink.Rows).Cells[0]);
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\",\"id\":\"", "\"}\n{\"resourceType\":\"Patient\"}\n")]
    [InlineData("{\n\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\"}},{\"resource\":{\"id\":\"", "\"}},{\"resource\":{\"resourceType\":\"Patient\"}}]}")]
    public async Task A_resource_that_does_not_end_is_refused_and_the_next_is_read(string head, string tail)
    {
        var sink = new RowCollector();
        var decoder = FhirDecoder.Create([Plans.Of("Patient", null, null, "resourceType")]).Value;
        var records = await decoder.DecodeAsync(new RepeatedStream(Bytes(head), Filler, Megabytes, Bytes(tail)), sink, cancel: TestContext.Current.CancellationToken);
        sink.AssertEveryRecordIsAccountedFor(records);
        Assert.Equal("fhir.too-large", Assert.Single(sink.Codes));
        Assert.Equal(2, sink.Rows.Count);
    }
}
