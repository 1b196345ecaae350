using System.Text;
using Xunit;
using Yunnao.Formats.Csv;

namespace Yunnao.Tests.Formats;

public sealed class CsvWideLinesTests
{
    private static readonly CsvDialect Commas = new(',', '"', false, ["a", "b"]);

    [Fact]
    public void A_line_of_thousands_of_fields_is_found_wherever_it_stands()
    {
        foreach (var before in (int[])[0, 1, 4095, 4096, 70_000, (1 << 20) - 3, 1 << 20])
        {
            var lines = string.Concat(Enumerable.Repeat("1,2\n", before / 4)) + new string('x', before % 4);
            var start = lines.Length - (before % 4);
            Assert.Equal(start, Find(lines + string.Join(',', Enumerable.Repeat("y", 10_000)) + "\n1,2\n"));
        }
    }

    [Fact]
    public void Long_texts_and_quoted_delimiters_are_no_fields()
    {
        Assert.Null(Find("1,\"" + new string(',', 100_000) + "\"\n1," + new string('x', 3 << 20) + "\n"));
        Assert.Null(Find(""));
    }

    [Fact]
    public void A_line_of_many_megabytes_is_found_without_keeping_it()
    {
        var filler = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        using var text = new RepeatedStream("a,b\n1,2\n3,"u8.ToArray(), filler, 64, "\n5,6\n"u8.ToArray());
        Assert.Equal(8, CsvWideLines.Find(text, Commas, CsvWideLines.MaxFields, out var tooLong, TestContext.Current.CancellationToken));
        Assert.True(tooLong);
        Assert.True(text.Position < 20 << 20, "the rest of the line was read");
    }

    private static long? Find(string text) => CsvWideLines.Find(new MemoryStream(Encoding.UTF8.GetBytes(text)), Commas, CsvWideLines.MaxFields, out _, TestContext.Current.CancellationToken);
}
