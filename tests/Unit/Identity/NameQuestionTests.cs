using Xunit;
using Yunnao.Services.Identity;

namespace Yunnao.Tests.Unit.Identity;

/// <summary>What of a name fits, in Latin letters and in Chinese characters.</summary>
public sealed class NameQuestionTests
{
    [Theory]
    [InlineData("Any", "", "zhang", "Zhang Wei", true)]
    [InlineData("Any", "", "we", "Zhang Wei", true)]
    [InlineData("Any", "", "ang", "Zhang Wei", false)]
    [InlineData("Any", "contains", "ang", "Zhang Wei", true)]
    [InlineData("Any", "exact", "Zhang Wei", "Zhang Wei", true)]
    [InlineData("Any", "", "zhang wei", "Zhang Wei", true)]
    [InlineData("Family", "", "m\u00FCller", "M\u00FCller Anna", true)]
    [InlineData("Family", "exact", "m\u00FCller", "M\u00FCller Anna", false)]
    [InlineData("Family", "", "anna", "M\u00FCller Anna", false)]
    [InlineData("Given", "", "anna", "M\u00FCller Anna", true)]
    [InlineData("Family", "", "\u5F20", "\u5F20\u4E09", true)]
    [InlineData("Given", "", "\u4E09", "\u5F20\u4E09", true)]
    [InlineData("Family", "", "\u4E09", "\u5F20\u4E09", false)]
    [InlineData("Family", "exact", "\u6B27\u9633", "\u6B27\u9633\u4FEE", true)]
    [InlineData("Given", "exact", "\u4FEE", "\u6B27\u9633\u4FEE", true)]
    [InlineData("Any", "", "\u6B27\u9633", "\u6B27\u9633\u4FEE", true)]
    [InlineData("Given", "", "x", "Zhang", false)]
    [InlineData("Any", "", "", "Zhang", false)]
    [InlineData("Any", "", "zhang", "", false)]
    public void A_part_of_a_name_fits_or_not(string part, string modifier, string wanted, string name, bool fits) =>
        Assert.Equal(fits, new NameQuestion(Enum.Parse<NamePart>(part), modifier, [wanted]).Fits(name));
}
