using Xunit;
using Yunnao.Standards;
using Yunnao.Standards.Search;

namespace Yunnao.Tests.Unit.Standards;

public sealed class SearchTests : IDisposable
{
    private readonly SmallRegistry _small = new();
    private readonly Registry _registry;

    public SearchTests() => _registry = _small.Load().Whole.Value;

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData("sex", "sex")]
    [InlineData("性别", "person.person.sex")]
    [InlineData("lab", "lab.result")]
    [InlineData("女", "sex:2")]
    [InlineData("静脉血", "specimen:0101")]
    [InlineData("C0007", "lab.result")]
    [InlineData("OBR-3.1", "lab.result.report_no")]
    [InlineData("甲医院", "hospital-a")]
    [InlineData("采样 标本", "lab.result.specimen_code")]
    [InlineData("DE02.01", "DE02.01.040.00")]
    [InlineData("venous BLOOD", "specimen:0101")]
    [InlineData("abnormal has no value", "lab-1")]
    public void The_best_hit_comes_first(string words, string id) => Assert.Equal(id, RegistrySearch.Find(_registry, words, 10)[0].Id);

    [Fact]
    public void Every_word_must_be_found() => Assert.Empty(RegistrySearch.Find(_registry, "sex nowhere", 10));

    [Fact]
    public void No_more_hits_than_asked_for() => Assert.Equal(3, RegistrySearch.Find(_registry, "e", 3).Count);

    [Theory]
    [InlineData("lab.result", EntryKind.DataSet)]
    [InlineData("lab.result.value", EntryKind.Item)]
    [InlineData("sex", EntryKind.ValueSet)]
    [InlineData("moment", EntryKind.Element)]
    [InlineData("feed", EntryKind.Mapping)]
    [InlineData("hospital-a-sex", EntryKind.CodeMap)]
    [InlineData("lab-1", EntryKind.Rule)]
    [InlineData("specimen:0101", EntryKind.Code)]
    public void Every_kind_of_entry_is_found_by_id(string id, EntryKind kind) => Assert.Equal(kind, RegistryLookup.Find(_registry, id).Value.Kind);

    [Fact]
    public void Every_hit_can_be_looked_up()
    {
        foreach (var hit in RegistrySearch.Find(_registry, "e", 1000)) Assert.Equal(hit.Kind, RegistryLookup.Find(_registry, hit.Id).Value.Kind);
    }

    [Fact]
    public void An_unknown_id_suggests_the_one_that_was_meant() =>
        Assert.Contains("did you mean 'lab.result'?", RegistryLookup.Find(_registry, "lab.reslt").Problem!.Message.ToString(), StringComparison.Ordinal);

    [Fact]
    public void The_uses_of_an_element_and_of_a_value_set_are_found()
    {
        Assert.Equal(
            ["lab.result.report_no", "lab.result.patient_id", "lab.result.organisation", "person.person.patient_id"],
            RegistryLookup.ItemsOf(_registry, _registry.Elements["local_id"]).Select(u => $"{u.DataSet.Id}.{u.Item.Name}"));
        Assert.Equal(["person.person.sex"], RegistryLookup.ItemsOf(_registry, _registry.ValueSets["sex"]).Select(u => $"{u.DataSet.Id}.{u.Item.Name}"));
    }
}
