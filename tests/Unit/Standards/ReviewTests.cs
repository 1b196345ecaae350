using Xunit;
using Yunnao.Standards.Review;

namespace Yunnao.Tests.Unit.Standards;

public sealed class ReviewTests
{
    [Fact]
    public void A_registry_whose_names_agree_has_no_findings()
    {
        using var small = new SmallRegistry();
        Assert.Empty(RegistryReview.Of(small.Load().Whole.Value, null));
    }

    [Theory]
    [InlineData("items/person.person.csv", "sex,DE02.01.040.00,性别,Sex", "sex,DE02.01.040.00,血型,Blood group", "review.drifting-name items/person.person.csv:4")]
    [InlineData("items/person.person.csv", "birth_date,birth,", "value,birth,", "review.name-types items/lab.result.csv:8")]
    [InlineData("valuesets.csv", "specimen,,1.0.0", "specimen,2.16.156.1,1.0.0", "review.oid-twice valuesets.csv:3")]
    public void What_deserves_a_look_is_found_with_file_and_line(string file, string before, string after, string expected)
    {
        using var small = new SmallRegistry();
        small.Edit(file, before, after);
        Assert.Equal([expected], RegistryReview.Of(small.Load().Whole.Value, null).Select(f => $"{f.Code} {f.Where!.File}:{f.Where.Line}"));
    }

    [Fact]
    public void Value_sets_OIDs_and_elements_are_compared_with_the_reference()
    {
        using var small = new SmallRegistry();
        using var folder = new ImportFolder();
        folder.Import("codes", "sex.csv", "code,name\n0,未知\n1,男\n2,雌\n9,未说明\n");
        folder.Import("codes", "oids.csv", "code,name\n2.16.156.1,血型代码\n2.16.156.7.7.7,标本\n1.2.3.4.5.6,别的\n");
        folder.Import("codes", "elements.csv", "code,name\nDE02.01.040.00,血型代码\n");
        var findings = RegistryReview.Of(small.Load().Whole.Value, folder.Load());
        Assert.Equal(
            ["review.code-names", "review.codes-differ", "review.element-name", "review.oid-differs", "review.oid-differs"],
            findings.Select(f => f.Code).Order(StringComparer.Ordinal));
        Assert.Contains(findings, f => f.Message.ToString().Contains("lacks 9; has of its own none", StringComparison.Ordinal));
    }
}
