using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Formats.Encodings;

namespace Yunnao.Tests.Formats;

public sealed class TextEncodingTests
{
    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;

    /// <summary>Text of all planes, without surrogates alone.</summary>
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 40],
        Gen.String[Gen.Char['\u4E00', '\u9FA5'], 0, 40],
        Gen.String[Gen.Char['\u0080', '\uD7FF'], 0, 40],
        Gen.Int[0x10000, 0x10FFFF].Array[0, 10].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)))).Array[0, 8].Select(string.Concat);

    private static (string Text, Utf8Stream Stream) Read(byte[] bytes, TextEncoding? encoding = null, int piece = int.MaxValue)
    {
        using var stream = Utf8Stream.Open(new PiecesStream(bytes, piece), encoding);
        var text = new MemoryStream();
        stream.CopyTo(text);
        return (Encoding.UTF8.GetString(text.ToArray()), stream);
    }

    [Fact]
    public void Every_encoding_gives_back_the_text_however_it_is_cut() =>
        Gen.Select(Texts, Gen.Int[1, 9]).Sample((text, piece) =>
        {
            Assert.Equal(text, Read(Encoding.UTF8.GetBytes(text), TextEncoding.Utf8, piece).Text);
            Assert.Equal(text, Read(Encoding.Unicode.GetBytes(text), TextEncoding.Utf16LittleEndian, piece).Text);
            Assert.Equal(text, Read(Encoding.BigEndianUnicode.GetBytes(text), TextEncoding.Utf16BigEndian, piece).Text);
            Assert.Equal(Gb.GetString(Gb.GetBytes(text)), Read(Gb.GetBytes(text), TextEncoding.Gb18030, piece).Text);
        }, iter: 2000);

    [Fact]
    public void Every_character_of_gb_18030_is_that_of_the_framework()
    {
        var differing = new List<int>();
        for (var point = 0; point <= 0x10FFFF; point++)
        {
            if (point is >= 0xD800 and <= 0xDFFF) continue;
            var bytes = Gb.GetBytes(char.ConvertFromUtf32(point));

            // The framework writes U+0080 as the byte 0x80, which we read as the euro sign of code page 936.
            if (point != 0x80 && Decode(bytes) != Gb.GetString(bytes)) differing.Add(point);
        }

        Assert.Empty(differing);
    }

    private static string Decode(byte[] bytes) => Read([.. "a"u8, .. bytes], TextEncoding.Gb18030).Text[1..];

    [Theory]
    [InlineData(new byte[] { 0xC4, (byte)',', (byte)'b' }, "\uFFFD,b")]
    [InlineData(new byte[] { 0xC4 }, "\uFFFD")]
    [InlineData(new byte[] { 0xFF, 0xC4, 0xE3 }, "\uFFFD你")]
    [InlineData(new byte[] { 0x81, 0x30, (byte)'\n', (byte)'x' }, "\uFFFD0\nx")]
    [InlineData(new byte[] { 0x81, 0x30, 0x81, (byte)',' }, "\uFFFD0\uFFFD,")]
    [InlineData(new byte[] { 0x84, 0x31, 0xA4, 0x37, (byte)'x' }, "\uFFFDx")]
    [InlineData(new byte[] { 0x80 }, "€")]
    public void A_broken_character_of_gb_18030_swallows_no_ascii(byte[] bytes, string expected) =>
        Assert.Equal(expected, Read(bytes, TextEncoding.Gb18030).Text);

    [Fact]
    public void What_cannot_be_decoded_is_counted_with_its_places()
    {
        byte[] bytes = [.. "\uFEFF你,"u8, 0xC3, .. ",b\n"u8, 0xE4, 0xBD, (byte)'\n'];
        var (text, stream) = Read(bytes);
        Assert.Equal("你,\uFFFD,b\n\uFFFD\n", text);
        Assert.Equal(TextEncoding.Utf8, stream.Encoding);
        Assert.Equal(2, stream.BadCount);
        Assert.Equal([new(7, 4), new(11, 10)], stream.Bad);
    }

    [Fact]
    public void Bytes_that_are_no_text_never_stop_the_reading() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[1, 9]).Sample((bytes, piece) =>
        {
            foreach (var encoding in new[] { TextEncoding.Utf8, TextEncoding.Utf16LittleEndian, TextEncoding.Utf16BigEndian, TextEncoding.Gb18030, TextEncoding.Latin1 })
            {
                var whole = Read(bytes, encoding);
                var pieces = Read(bytes, encoding, piece);
                Assert.Equal(whole.Text, pieces.Text);
                Assert.Equal(whole.Stream.Bad, pieces.Stream.Bad);
                Assert.True(whole.Stream.BadCount == 0 || whole.Text.Contains('\uFFFD'));
            }
        }, iter: 2000);

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("gb18030", false)]
    [InlineData("gb18030", true)]
    public void The_encoding_of_a_file_is_detected_with_and_without_its_mark(string name, bool mark)
    {
        var encoding = name == "gb18030" ? Gb : Encoding.GetEncoding(name);
        const string Text = "病人编号,姓名,结果\n1001,张三,10.5\n1002,李四,阴性\n";
        var (text, stream) = Read(encoding.GetBytes((mark ? "\uFEFF" : "") + Text));
        Assert.Equal(Text, text);
        Assert.Equal(0, stream.BadCount);
        Assert.StartsWith(name.ToLowerInvariant(), stream.Encoding!.Name);
    }

    [Fact]
    public void A_text_that_starts_as_ascii_is_judged_by_its_first_other_bytes()
    {
        var ascii = string.Concat(Enumerable.Repeat("1001,10.5,NEG\n", 40_000));
        var (text, stream) = Read(Gb.GetBytes(ascii + "1001,10.5,阴性\n"));
        Assert.Equal(ascii + "1001,10.5,阴性\n", text);
        Assert.Equal(TextEncoding.Gb18030, stream.Encoding);
        Assert.Null(Read("abc"u8.ToArray()).Stream.Encoding);
    }

    [Fact]
    public void A_few_damaged_bytes_do_not_change_the_encoding_detected()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("病人编号,姓名,结果\n", 50)));
        bytes[1] = 0x20;
        bytes[40] = 0xFF;
        Assert.Equal(TextEncoding.Utf8, TextEncoding.Detect(bytes));
        Assert.Equal(5, Read(bytes).Stream.BadCount);
    }

    [Fact]
    public void A_head_that_ends_inside_a_character_is_detected_all_the_same()
    {
        var text = string.Concat(Enumerable.Repeat("病人编号,姓名,结果\n", 5));
        var (utf8, gb) = (Encoding.UTF8.GetBytes(text), Gb.GetBytes(text));
        for (var cut = 1; cut < utf8.Length; cut++) Assert.Equal(TextEncoding.Utf8, TextEncoding.Detect(utf8.AsSpan(0, cut)));
        for (var cut = 2; cut < gb.Length; cut++) Assert.Equal(TextEncoding.Gb18030, TextEncoding.Detect(gb.AsSpan(0, cut)));
    }

    [Theory]
    [InlineData("GBK", "gb18030")]
    [InlineData("GB 18030-2000", "gb18030")]
    [InlineData("UTF8", "utf-8")]
    [InlineData("utf_16le", "utf-16le")]
    [InlineData("latin1", "iso-8859-1")]
    public void Names_of_encodings_are_read_as_people_write_them(string name, string expected)
    {
        Assert.True(TextEncoding.TryParse(name, out var encoding));
        Assert.Equal(expected, encoding.Name);
        Assert.False(TextEncoding.TryParse("ebcdic", out _));
    }
}
