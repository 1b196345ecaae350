using Xunit;
using Yunnao.Services.Mapping;
using Yunnao.Tests.Unit.Synthetic;

namespace Yunnao.Tests.Mapping;

public sealed class SynonymsTests
{
    [Theory]
    [InlineData("患者标识", "病人ID")]
    [InlineData("患者姓名", "病人姓名")]
    [InlineData("检验报告日期时间", "化验报告时间")]
    [InlineData("接诊医师姓名", "接诊医生姓名")]
    [InlineData("标本类别代码", "样本类别")]
    [InlineData("药物名称", "药品名称")]
    public void The_words_of_hospitals_are_among_the_forms_of_a_name(string name, string hospital)
    {
        var forms = Synonyms.Of(name);
        Assert.Equal(name, forms[0]);
        Assert.Contains(hospital, forms);
        Assert.Equal(forms.Count, forms.Distinct().Count());
    }

    [Theory]
    [InlineData("体重")]
    [InlineData("年龄")]
    [InlineData("")]
    public void A_name_without_such_words_has_one_form(string name) => Assert.Equal([name], Synonyms.Of(name));

    [Theory]
    [InlineData("person.basic", "sex", "性别")]
    [InlineData("person.basic", "id_number", "身份证号")]
    [InlineData("lab.result", "specimen_code", "样本类别")]
    public void A_column_in_the_words_of_a_hospital_is_as_good_as_in_those_of_the_standard(string dataSet, string item, string column)
    {
        // No mappings: what other hospitals call the item is no help here.
        var likeness = new NameLikeness([]);
        var of = TestCity.Registry.DataSets[dataSet].Items.Single(i => i.Name == item);
        Assert.True(likeness.Of(column, dataSet, of).Score >= 0.7, $"{likeness.Of(column, dataSet, of)}");
    }

    [Fact]
    public void Short_names_of_codes_are_understood_as_their_values_are_written()
    {
        var column = new SampleColumn("性别");
        foreach (var value in (string[])["男", "女", "女"]) column.Add(value);
        var fit = ValueFit.Of(column, TestCity.Registry.DataSets["person.basic"].Items.Single(i => i.Name == "sex"));
        Assert.Equal((1.0, "code-names"), (fit.Score, fit.Why));
        Assert.Equal(("1", "2"), (fit.Codes["男"], fit.Codes["女"]));
    }
}
