using Xunit;
using Yunnao.Formats.Xlsx;

namespace Yunnao.Tests.Unit.Formats;

public sealed class XlsxTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"yunnao-{Path.GetRandomFileName()}.xlsx");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void What_is_written_is_read_back_cell_by_cell()
    {
        string[][] rows = [["01", "", "红 <&> \"x\""], ["", " 2026-01-02 ", ""]];
        Write(new XlsxSheet("first", [new("a"), new("b", "prompt", ["x", "y"]), new("c")], rows), new XlsxSheet("二", [new("d")], []));
        using var book = XlsxReader.Open(_path).Value;
        Assert.Equal(["first", "二", "lists"], book.Sheets);
        Assert.Equal([["a", "b", "c"], ["01", "", "红 <&> \"x\""], ["", "2026-01-02", ""]], book.Rows("first"));
        Assert.Equal([["d"]], book.Rows("二"));
        Assert.Equal([["list 1"], ["x"], ["y"]], book.Rows("lists"));
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_a_problem_or_a_shorter_book_and_never_an_exception()
    {
        Write(new XlsxSheet("s", [new("a")], Enumerable.Range(0, 200).Select(i => (string[])[$"row {i}"])));
        var whole = File.ReadAllBytes(_path);
        for (var length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 40))
        {
            File.WriteAllBytes(_path, whole[..length]);
            var opened = XlsxReader.Open(_path);
            if (!opened.Ok) Assert.Equal("xlsx.unreadable", opened.Problem.Code);
            else opened.Value.Dispose();
        }
    }

    private void Write(params XlsxSheet[] sheets)
    {
        using var file = File.Create(_path);
        XlsxWriter.Write(file, sheets);
    }
}
