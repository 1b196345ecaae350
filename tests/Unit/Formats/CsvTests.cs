using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Formats.Csv;

namespace Yunnao.Tests.Formats;

public sealed class CsvTests
{
    private static readonly CsvDialect Comma = new(',', '"', false, []);

    [Theory]
    [InlineData("a,b,c\n1,2,3\n", ',', "a/b/c")]
    [InlineData("姓名\t年龄\n张三\t10\n", '\t', "姓名/年龄")]
    [InlineData("a;b\n\"x;y,z\";\"1,2,3\"\n1,5;2,5\n", ';', "a/b")]
    [InlineData("a|b|c\nx,y|2|3\n", '|', "a/b/c")]
    [InlineData("\"na\nme\",\"co,\"\"de\"\r\n\"x\",\"y\"\r\n", ',', "na\nme/co,\"de")]
    [InlineData("name\nx\n", ',', "name")]
    [InlineData("a,b\r1,2\r", ',', "a/b")]
    [InlineData("a,b,\n1,2,3\n", ',', "a/b/")]
    public void Delimiter_and_header_are_told_by_the_first_records(string head, char delimiter, string names)
    {
        var dialect = CsvDialect.Detect(Encoding.UTF8.GetBytes(head), whole: true)!;
        Assert.Equal(delimiter, dialect.Delimiter);
        Assert.Equal(names.Split('/'), dialect.Header);
    }

    [Fact]
    public void An_empty_text_has_no_dialect() => Assert.Null(CsvDialect.Detect("\n\n"u8, whole: true));

    [Fact]
    public void Records_are_found_with_number_offset_and_physical_line()
    {
        const string Text = "a,b\r\n1,\"x\ny\"\"z\"\n\n2,x\"y\n3,\"q\"\r\n4,\"open\n5,6";
        var found = Read(Text, 3, out var reader);
        Assert.Equal([(0, "a,b", 1), (1, "1,\"x\ny\"\"z\"", 2), (2, "2,x\"y", 5), (3, "3,\"q\"", 6), (4, "4,\"open\n5,6", 7)], found.Select(f => ((int)f.Record.Number, f.Text, (int)f.Record.Line)));
        Assert.All(found, f => Assert.Equal(Text.Substring((int)f.Record.Offset, f.Record.Length), f.Text));
        Assert.True(reader.EndedInQuote);
    }

    [Fact]
    public void Records_written_by_the_rules_are_found_again()
    {
        var field = Gen.OneOf(Gen.String[Gen.Char["ab,\"\n\r 张"], 0, 6], Gen.String[Gen.Char['a', 'z'], 1, 4]);
        Gen.Select(field.Array[2, 4].Array[1, 20], Gen.Bool, Gen.Int[1, 50]).Sample(
            (rows, crlf, piece) =>
            {
                var lines = rows.Select(r => string.Join(",", r.Select(Quoted))).ToArray();
                var found = Read(string.Join(crlf ? "\r\n" : "\n", lines), piece, out _);
                Assert.Equal(lines, found.Select(f => f.Text));
                Assert.All(found.Zip(rows), f => Assert.Equal((f.Second.Length, CsvFlaw.None), (f.First.Record.Fields, f.First.Record.Flaw)));
                Assert.Equal(rows.Select(r => string.Join("␞", r)), found.Select(f => string.Join("␞", Comma.Fields(Encoding.UTF8.GetBytes(f.Text)))));
            },
            iter: 1000);
    }

    [Theory]
    [InlineData("1,2", 2, CsvFlaw.None)]
    [InlineData("1", 1, CsvFlaw.None)]
    [InlineData("1,2,,", 4, CsvFlaw.None)]
    [InlineData("\"a,b\",\"c\"", 2, CsvFlaw.None)]
    [InlineData("  \"a,b\"  ,2", 2, CsvFlaw.None)]
    [InlineData("\"a\"\"b\",\"\"", 2, CsvFlaw.None)]
    [InlineData("\"a\r\nb\",2", 2, CsvFlaw.None)]
    [InlineData("x\"y,2", 2, CsvFlaw.None)]
    [InlineData("\"a\"b,2", 2, CsvFlaw.Quote)]
    [InlineData("1,\"2\"\t", 2, CsvFlaw.Quote)]
    [InlineData("1,x\ry", 2, CsvFlaw.LineEnd)]
    [InlineData("\"1\",x\ry", 2, CsvFlaw.LineEnd)]
    public void Fields_of_a_record_are_counted_and_its_form_is_judged(string record, int fields, CsvFlaw flaw)
    {
        foreach (var end in (string[])["\n", "\r\n", ""])
        {
            var found = Assert.Single(Read(record + end, 2, out var reader));
            Assert.Equal((record, fields, flaw), (found.Text, found.Record.Fields, found.Record.Flaw));
            Assert.False(reader.EndedInQuote);
        }
    }

    [Theory]
    [InlineData("1,2", null)]
    [InlineData("1,2,,", null)]
    [InlineData("1", "csv.columns")]
    [InlineData("1,2,3", "csv.columns")]
    [InlineData("1,2,,3", "csv.columns")]
    [InlineData("\"1\"1,2", "csv.quote")]
    [InlineData("1,2\r3", "csv.line-end")]
    public void A_record_is_a_row_or_has_a_fault(string record, string? code)
    {
        var dialect = Comma with { Header = ["a", "b"] };
        var found = Assert.Single(Read(record, 100, out _));
        Assert.Equal(code, dialect.Fault(found.Record, Encoding.UTF8.GetBytes(found.Text)));
    }

    [Fact]
    public void Line_ends_of_two_kinds_are_noticed()
    {
        Read("a,b\r\n1,\"x\ny\"\r\n", 5, out var one);
        Assert.False(one.MixedLineEnds);
        Read("a,b\r\n1,2\n", 5, out var two);
        Assert.True(two.MixedLineEnds);
    }

    [Theory]
    [InlineData("3,", false)]
    [InlineData("3,\"", true)]
    public void A_record_of_many_megabytes_ends_the_reading_without_being_kept(string start, bool quoted)
    {
        var filler = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        using var text = new RepeatedStream(Encoding.ASCII.GetBytes("a,b\n1,2\n" + start), filler, 64, "\n5,6\n"u8.ToArray());
        var reader = new CsvRecordReader(text, Comma, 16 << 20);
        var offset = 0L;
        while (reader.TryRead(out var record)) offset = record.Offset;
        Assert.Equal((8, true, quoted), (offset, reader.TooLong, reader.EndedInQuote));
        Assert.True(text.Position < 20 << 20, "the rest of the line was read");
    }

    private static List<(CsvRecord Record, string Text)> Read(string text, int piece, out CsvRecordReader reader)
    {
        reader = new(new PiecesStream(Encoding.UTF8.GetBytes(text), piece), Comma);
        var found = new List<(CsvRecord, string)>();
        while (reader.TryRead(out var record)) found.Add((record, Encoding.UTF8.GetString(reader.Bytes(record))));
        return found;
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") || field.Length == 0 ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}
