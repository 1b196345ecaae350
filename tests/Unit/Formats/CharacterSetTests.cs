using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Formats.Dicom;

namespace Yunnao.Tests.Formats.Dicom;

public sealed class CharacterSetTests
{
    /// <summary>Names of PS3.5 H, I, J, K as their bytes are printed there.</summary>
    [Theory]
    [InlineData("\\ISO 2022 IR 87", "Yamada^Tarou=\u001b$B;3ED\u001b(B^\u001b$BB@O:\u001b(B=\u001b$B$d$^$@\u001b(B^\u001b$B$?$m$&\u001b(B", "Yamada^Tarou=山田^太郎=やまだ^たろう")]
    [InlineData("ISO 2022 IR 13\\ISO 2022 IR 87", "\u00d4\u00cf\u00c0\u00de^\u00c0\u00db\u00b3=\u001b$B;3ED\u001b(J^\u001b$BB@O:\u001b(J=\u001b$B$d$^$@\u001b(J^\u001b$B$?$m$&\u001b(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")]
    [InlineData("\\ISO 2022 IR 149", "Hong^Gildong=\u001b$)C\u00fb\u00f3^\u001b$)C\u00d1\u00ce\u00d4\u00d7=\u001b$)C\u00c8\u00ab^\u001b$)C\u00b1\u00e6\u00b5\u00bf", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData("\\ISO 2022 IR 58", "Zhang^XiaoDong=\u001b$)A\u00d5\u00c5^\u001b$)A\u00d0\u00a1\u00b6\u00ab=", "Zhang^XiaoDong=张^小东=")]
    [InlineData("GB18030", "Wang^XiaoDong=\u00cd\u00f5^\u00d0\u00a1\u00b6\u00ab=", "Wang^XiaoDong=王^小东=")]
    [InlineData("ISO_IR 192", "Wang^XiaoDong=\u00e7\u008e\u008b^\u00e5\u00b0\u008f\u00e6\u009d\u00b1=", "Wang^XiaoDong=王^小東=")]
    public void Names_of_the_standard_are_read(string terms, string bytes, string name)
    {
        var text = CharacterSet.Of(terms.Split('\\')).Decode(Encoding.Latin1.GetBytes(bytes), Vr.PN);
        Assert.Equal(name, text);
    }

    [Theory]
    [InlineData("ISO_IR 100")]
    [InlineData("ISO_IR 144")]
    [InlineData("ISO_IR 13")]
    [InlineData("GB18030")]
    [InlineData("ISO_IR 192")]
    [InlineData("")]
    public void What_a_set_can_write_it_reads_again(string term)
    {
        var set = CharacterSet.Of([term]);
        Gen.String[Gen.OneOf(Gen.Char[' ', '['], Gen.Char[']', '}'], Gen.Char["äöß张三ﾔﾏЛюж¥"]), 0, 20].Sample(text =>
        {
            if (set.TryEncode(text, out var bytes)) Assert.Equal(text, set.Decode(bytes, Vr.LT));
        });
    }

    [Fact]
    public void Any_bytes_are_some_text()
    {
        string[][] sets = [["ISO 2022 IR 6", "ISO 2022 IR 87", "ISO 2022 IR 159"], ["", "ISO 2022 IR 149"], ["", "ISO 2022 IR 58"], ["GB18030"], ["ISO_IR 192"], ["nonsense"], ["ISO 2022 IR 13"]];
        Gen.Select(Gen.Int[0, sets.Length - 1], Gen.OneOf(Gen.Byte, Gen.Int[0, 5].Select(i => (byte)"\u001b$()BC"[i])).Array[0, 30]).Sample(
            (set, bytes) => Assert.True(CharacterSet.Of(sets[set]).Decode(bytes, Vr.PN).Length <= bytes.Length * 2));
    }
}
