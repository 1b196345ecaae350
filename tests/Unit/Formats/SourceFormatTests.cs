using System.Text;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

public sealed class SourceFormatTests
{
    [Theory]
    [InlineData("", "MSH|^~\\&|", SourceFormat.Hl7v2)]
    [InlineData("x.csv", "\uFEFF\r\nMSH|^~\\&|", SourceFormat.Hl7v2)]
    [InlineData("", "\u000bMSH#*", SourceFormat.Hl7v2)]
    [InlineData("", "FHS|^~\\&|", SourceFormat.Hl7v2)]
    [InlineData("x.hl7", "garbage", SourceFormat.Hl7v2)]
    [InlineData("x.csv", "MSH,PID\n1,2", SourceFormat.Csv)]
    [InlineData("", "{\n  \"resourceType\": \"Bundle\"", SourceFormat.Fhir)]
    [InlineData("", "[{\"resourceType\"", SourceFormat.Fhir)]
    [InlineData("x.ndjson", "{\"resou", SourceFormat.Fhir)]
    [InlineData("x.json", "<not json>", SourceFormat.Fhir)]
    [InlineData("x.csv", "{\"a\",b}\n", SourceFormat.Csv)]
    [InlineData("x.tsv", "a\tb", SourceFormat.Csv)]
    [InlineData("x.txt", "a", SourceFormat.Csv)]
    [InlineData("data", "姓名,年龄\n", SourceFormat.Csv)]
    [InlineData("data", "hello", SourceFormat.Unknown)]
    [InlineData("data", "<a b=\"1,2\">", SourceFormat.Unknown)]
    [InlineData("data", "", SourceFormat.Unknown)]
    [InlineData("x.parquet", "PAR1....", SourceFormat.Parquet)]
    public void The_format_is_told_by_the_bytes_then_the_name(string name, string head, SourceFormat expected)
    {
        Assert.Equal(expected, SourceFormat.Detect(name, Encoding.UTF8.GetBytes(head)));
        if (head.Length > 8 && expected != SourceFormat.Parquet)
            Assert.Equal(expected, SourceFormat.Detect(name, Encoding.Unicode.GetBytes("\uFEFF" + head.TrimStart('\uFEFF'))));
    }

    [Fact]
    public void Gzip_is_left_for_the_caller_to_unpack() => Assert.Equal(SourceFormat.Gzip, SourceFormat.Detect("x.csv", [0x1F, 0x8B, 8, 0]));

    [Fact]
    public void Binary_without_a_known_name_is_unknown() => Assert.Equal(SourceFormat.Unknown, SourceFormat.Detect("x.dcm", [0, 0, 1, 2, (byte)',', 0, 0, 0]));
}
