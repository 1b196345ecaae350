using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Formats.Csv;

namespace Yunnao.Tests.Formats;

public sealed class CsvTests
{
    [Theory]
    [InlineData("a,b,c\n1,2,3\n", ',', '"', true)]
    [InlineData("姓名\t年龄\n张三\t10\n", '\t', '"', true)]
    [InlineData("a;b\n\"x;y,z\";\"1,2,3\"\n1,5;2,5\n", ';', '"', true)]
    [InlineData("a|b|c\nx,y|2|3\n", '|', '"', true)]
    [InlineData("1,2,3\n4,5,6\n", ',', '"', false)]
    [InlineData("2024-01-01,x\n2024-01-02,y\n", ',', '"', false)]
    [InlineData("a,,c\nx,y,z\n", ',', '"', false)]
    [InlineData("'a b','c'\n'x','y, z'\n", ',', '\'', true)]
    [InlineData("\"na\nme\",\"co,de\"\r\n\"x\",\"y\"\r\n", ',', '"', true)]
    [InlineData("name\nx\n", ',', '"', true)]
    [InlineData("", ',', '"', true)]
    public void The_dialect_is_told_by_the_first_records(string head, char delimiter, char quote, bool header) =>
        Assert.Equal(new CsvDialect(delimiter, quote, header), CsvDialect.Detect(Encoding.UTF8.GetBytes(head)));

    [Fact]
    public async Task Records_are_found_with_offset_and_physical_line()
    {
        const string Text = "a,b\r\n1,\"x\ny\"\"z\"\n\n2,x\"y\n3,\"q\"\r\n4,\"open\n5,6";
        var found = await CsvRecords.FindAsync(new PiecesStream(Encoding.UTF8.GetBytes(Text), 3), new(',', '"', true), [9, 2, 1, 4, 4, 0], TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 4], found.Select(r => r.Number));
        Assert.Equal(["1,\"x\ny\"\"z\"", "2,x\"y", "4,\"open\n5,6"], found.Select(r => Encoding.UTF8.GetString(r.Text.Span)));
        Assert.Equal([2, 5, 7], found.Select(r => r.Line));
        Assert.All(found, r => Assert.Equal(Text.Substring((int)r.Offset, (int)r.Length), Encoding.UTF8.GetString(r.Text.Span)));
    }

    [Fact]
    public async Task Records_written_by_the_rules_are_found_again()
    {
        var field = Gen.OneOf(Gen.String[Gen.Char["ab,\"\n\r 张"], 0, 6], Gen.String[Gen.Char['a', 'z'], 1, 4]);
        await Gen.Select(field.Array[2, 4].Array[1, 20], Gen.Bool, Gen.Int[1, 50]).SampleAsync(async (rows, crlf, piece) =>
        {
            var lines = rows.Select(r => string.Join(",", r.Select(Quoted))).ToArray();
            var text = string.Join(crlf ? "\r\n" : "\n", lines);
            var found = await CsvRecords.FindAsync(
                new PiecesStream(Encoding.UTF8.GetBytes(text), piece), new(',', '"', false), Enumerable.Range(1, 30).Select(n => (long)n), TestContext.Current.CancellationToken);
            Assert.Equal(lines, found.Select(r => Encoding.UTF8.GetString(r.Text.Span)));
        }, iter: 1000);
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") || field.Length == 0 ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}
