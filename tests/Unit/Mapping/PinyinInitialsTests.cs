using Xunit;
using Yunnao.Services.Mapping;

namespace Yunnao.Tests.Mapping;

public sealed class PinyinInitialsTests
{
    [Theory]
    [InlineData("姓名", "XM")]
    [InlineData("患者标识", "HZBS")]
    [InlineData("检验结果代码", "JYJGDM")]
    [InlineData("ABO血型", "ABOXX")]
    [InlineData("门(急)诊号", "MJZH")]
    [InlineData("阿杂", "AZ")]
    [InlineData("腺", "X")]
    [InlineData("髌骨", "?G")]
    public void Initials_are_those_of_the_pinyin(string chinese, string initials) => Assert.Equal(initials, PinyinInitials.Of(chinese));
}
