using Xunit;
using Yunnao.Services.Imaging.Index;

namespace Yunnao.Tests.Unit.Imaging;

public sealed class NameKeysTests
{
    [Theory]
    [InlineData("zhang^san=张^三", "ZHANG^SAN|张^三")]
    [InlineData("Smith ^ Ann  Marie^^", "SMITH^ANN MARIE")]
    [InlineData("", "")]
    public void Groups_are_folded(string name, string groups) => Assert.Equal(groups, string.Join('|', NameKeys.Groups(name)));

    [Theory]
    [InlineData("Zhang^San=张^三", "ZHANG^SAN", true)]
    [InlineData("Zhang^San", "张^三", false)]
    [InlineData("Zhang^San", "=张^三", true)]
    [InlineData("Zhang^San=张^三", "Zhang^Si=张^三", true)]
    [InlineData("Zhang^San", "Li^Si", false)]
    public void Names_agree_when_a_group_that_both_have_is_the_same(string one, string other, bool agree) => Assert.Equal(agree, NameKeys.Agree(one, other));
}
