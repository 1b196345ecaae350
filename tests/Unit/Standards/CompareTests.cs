using Xunit;
using Yunnao.Standards.Compare;
using Yunnao.Standards.Loading;

namespace Yunnao.Tests.Unit.Standards;

public sealed class CompareTests
{
    [Theory]
    [InlineData("elements.csv", "\"N..8,2\"", "\"N..9,2\"", "Widen Item lab.result.line_no type,Widen Item lab.result.value type,Widen Element amount type")]
    [InlineData("elements.csv", "\"N..8,2\"", "\"N..8,3\"", "Narrow Item lab.result.line_no type,Narrow Item lab.result.value type,Narrow Element amount type")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,0,600,0..1", "Widen Item lab.result.value range")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,10,600,0..1", "Narrow Item lab.result.value range")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,,,0..1", "Widen Item lab.result.value range")]
    [InlineData("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,0,500,1", "Narrow Item lab.result.value card")]
    [InlineData("items/lab.result.csv", "0..1,,3,keep,OBX-5,", "0..1,,4,drop,OBX-5 | OBX-6,", "Narrow Item lab.result.value level,Narrow Item lab.result.value deid,Widen Item lab.result.value hl7v2")]
    [InlineData("items/lab.result.csv", "结果值,Value", "结果,Value", "Text Item lab.result.value name")]
    [InlineData("items/lab.result.csv", "abnormal,,flag,异常,Abnormal,,,,,,,0..1,,3,keep,,\n", "abnormal,,flag,异常,Abnormal,,,,,,,0..1,,3,keep,,\nnote,,name,备注,Note,,,,,,,0..1,,3,keep,,\n", "Add Item lab.result.note entry")]
    [InlineData("items/lab.result.csv", "abnormal,,flag,异常,Abnormal,,,,,,,0..1,,3,keep,,\n", "abnormal,,flag,异常,Abnormal,,,,,,,0..1,,3,keep,,\nnote,,name,备注,Note,,,,,,,1,,3,keep,,\n", "Narrow Item lab.result.note entry")]
    [InlineData("codes/sex.csv", "2,女,Female,\n", "2,女,Female,\n9,未说明,Not said,\n", "Add ValueSet sex codes-new")]
    [InlineData("codes/sex.csv", "2,女,Female,\n", "", "Narrow ValueSet sex codes-gone")]
    [InlineData("codes/sex.csv", "2,女,Female,\n", "2,女性,Female,\n", "Text ValueSet sex codes-text")]
    [InlineData("checks.csv", ",flag,", ",reject,", "Narrow Rule lab-1 severity")]
    public void A_change_is_classed_by_what_it_does(string file, string before, string after, string expected)
    {
        using var small = new SmallRegistry();
        var old = small.Load().Whole.Value;
        small.Edit(file, before, after);
        var changes = RegistryDiff.Between(old, small.Load().Registry!);
        Assert.Equal(expected.Split(',').Order(), changes.Select(c => $"{c.Class} {c.Kind} {c.Id} {c.Field}").Order());
    }

    [Fact]
    public void A_renamed_item_is_one_change_and_not_two()
    {
        using var small = new SmallRegistry();
        var old = small.Load().Whole.Value;
        var lines = File.ReadAllLines(Path.Combine(small.Folder, "items/lab.result.csv")).Where(l => l.Length > 0)
            .Select(l => l.StartsWith("item,", StringComparison.Ordinal) ? $"{l},was"
                : l.StartsWith("abnormal,", StringComparison.Ordinal) ? $"un{l},abnormal" : $"{l},");
        small.Write("items/lab.result.csv", string.Join('\n', lines) + "\n");
        small.Edit("checks.csv", "abnormal = false", "unabnormal = false");
        var changes = RegistryDiff.Between(old, small.Load().Whole.Value);
        Assert.Contains(changes, c => c is { Class: ChangeClass.Rename, Before: "abnormal", After: "unabnormal", Owner: "lab.result" });
        Assert.DoesNotContain(changes, c => c.Class == ChangeClass.Retire);
    }

    [Theory]
    [InlineData("1.0.0", ChangeClass.Text, "1.0.1")]
    [InlineData("1.2.3", ChangeClass.Add, "1.3.0")]
    [InlineData("1.2.3", ChangeClass.Widen, "1.3.0")]
    [InlineData("1.2.3", ChangeClass.Narrow, "2.0.0")]
    [InlineData("1.2.3", ChangeClass.Rename, "2.0.0")]
    [InlineData("1.2.3", ChangeClass.Retire, "2.0.0")]
    public void The_class_decides_the_version(string version, ChangeClass change, string needed) => Assert.Equal(
        needed, VersionRules.Needed(version, [new(change, Yunnao.Standards.Search.EntryKind.DataSet, "a.b", "a.b", "entry", "", "")]));

    [Theory]
    [InlineData("1.0.0", "standards.published-changed")]
    [InlineData("0.9.0", "standards.version-lower")]
    [InlineData("1.1.0", "standards.version-too-small")]
    [InlineData("2.0.0", null)]
    public void A_published_data_set_cannot_change_without_the_version_its_change_needs(string version, string? code)
    {
        using var small = new SmallRegistry();
        var old = small.Load().Whole.Value;
        small.Edit("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,10,400,0..1");
        small.Edit("datasets.csv", "lab.result,1.0.0", $"lab.result,{version}");
        var now = small.Load().Whole.Value;
        Assert.Equal(code, VersionRules.Check(old, now, RegistryDiff.Between(old, now)).SingleOrDefault()?.Code);
    }

    [Fact]
    public void What_a_change_touches_is_named()
    {
        using var small = new SmallRegistry();
        var old = small.Load().Whole.Value;
        small.Edit("items/lab.result.csv", "mmol/L,0,500,0..1", "mmol/L,0,400,0..1");
        var now = small.Load().Whole.Value;
        var touched = Impact.Of(RegistryDiff.Between(old, now).Single(), old, now);
        Assert.Contains(("check", "lab-1"), touched);
        Assert.Contains(("export", "lab.result"), touched);
    }

    [Fact]
    public void A_snapshot_is_read_back_as_the_registry_it_was_made_of()
    {
        using var small = new SmallRegistry();
        var registry = small.Load().Whole.Value;
        var back = RegistrySnapshot.Load(RegistrySnapshot.Pack(small.Folder), "lake");
        Assert.Empty(back.Problems);
        Assert.Equal(registry.Fingerprint, back.Registry!.Fingerprint);
        Assert.Empty(RegistryDiff.Between(registry, back.Registry));
    }
}
