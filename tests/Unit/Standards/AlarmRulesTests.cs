using Xunit;
using Yunnao.Standards.Alarms;

namespace Yunnao.Tests.Unit.Standards;

public sealed class AlarmRulesTests
{
    private const string Sound = """
        version: 1.0.0
        status: standard
        source: Yunnao
        population: { age_bands: [0, 15], persons: person.person, residence: sex, birth: birth_date, institutions: lab.result, place: specimen_code }
        negation: { words: [无], except: [无力], until: "," }
        words:
          - { id: fever, name: { zh: 发热, en: fever }, any: [发热, 发烧] }
        signals:
          - id: lab
            name: { zh: 检验, en: Laboratory }
            dataset: lab.result
            each: { item: specimen_code, valueset: specimen }
            where: value > 1 AND mentions(specimen_code, 'fever')
            once: 7
            levels: [county, city]
            fixed: { "01": 2 }
        triggers:
          - id: both
            name: { zh: 多点, en: Both }
            level: county
            conditions: [{ signal: lab.01, cases: 3, ratio: 1.5 }]
        reporting:
          - { id: limit, name: { zh: 时限, en: Limit }, dataset: lab.result, from: reported_at, to: reported_at, hours: 24 }
        """;

    [Fact]
    public void Everything_written_is_read()
    {
        using var small = new SmallRegistry().Write("alarms/all.yaml", Sound);
        var load = small.Load();
        Assert.Empty(load.Problems);
        var alarms = load.Registry!.Alarms;
        var signal = alarms.Signals["lab"];
        Assert.Equal((7, "specimen", 2), (signal.Once, signal.Each!.ValueSet, signal.Fixed["01"]));
        Assert.Equal([RegionLevel.City, RegionLevel.County], signal.Levels);
        Assert.Equal(new TriggerCondition("lab.01", 3, 1.5), Assert.Single(alarms.Triggers["both"].Conditions));
        Assert.Equal((7, 1), (alarms.Triggers["both"].Days, alarms.Triggers["both"].Needs));
        Assert.Equal([0, 15], alarms.Population!.AgeBands);
        Assert.Equal(24, Assert.Single(alarms.Limits).Hours);
    }

    [Fact]
    public void A_registry_without_alarms_has_none()
    {
        using var small = new SmallRegistry();
        Assert.Same(AlarmRules.None.Population, small.Load().Registry!.Alarms.Population);
        Assert.Empty(small.Load().Registry!.Alarms.Signals);
    }

    [Theory]
    [InlineData("dataset: lab.result\n    each", "dataset: lab.none\n    each", 11, "standards.unknown-data-set")]
    [InlineData("value > 1", "valeu > 1", 13, "standards.unknown-item")]
    [InlineData("value > 1", "value >", 13, "standards.bad-expression")]
    [InlineData("'fever')", "'fewer')", 13, "standards.unknown-word-list")]
    [InlineData("valueset: specimen", "valueset: speciman", 12, "standards.unknown-value-set")]
    [InlineData("[county, city]", "[county, village]", 15, "standards.bad-value")]
    [InlineData("\"01\": 2", "\"09\": 2", 16, "standards.unknown-code")]
    [InlineData("lab.01, cases", "lab.09, cases", 21, "standards.unknown-signal")]
    [InlineData("ratio: 1.5", "ratio: much", 21, "standards.bad-value")]
    [InlineData("once: 7", "onse: 7", 14, "standards.unknown-key")]
    [InlineData("age_bands: [0, 15]", "age_bands: [15, 0]", 4, "standards.bad-value")]
    [InlineData("residence: sex", "residence: name", 4, "standards.bad-value")]
    [InlineData("id: lab\n", "id: lab.x\n", 9, "standards.name")]
    public void A_mistake_is_found_with_its_line(string good, string bad, int line, string code)
    {
        var text = Sound.ReplaceLineEndings("\n");
        Assert.Contains(good, text, StringComparison.Ordinal);
        using var small = new SmallRegistry().Write("alarms/all.yaml", text.Replace(good, bad, StringComparison.Ordinal));
        Assert.Contains($"alarms/all.yaml:{line} {code}", small.Problems());
    }

    [Fact]
    public void Mentions_is_not_for_checks()
    {
        using var small = new SmallRegistry().Write("alarms/all.yaml", Sound).Edit("checks.csv", "value > 1", "mentions(specimen_code, 'fever')");
        Assert.Contains("checks.csv:2 standards.bad-expression", small.Problems());
    }

    [Fact]
    public void Signals_need_a_population()
    {
        var text = string.Join('\n', Sound.ReplaceLineEndings("\n").Split('\n').Where(l => !l.StartsWith("population", StringComparison.Ordinal)));
        using var small = new SmallRegistry().Write("alarms/all.yaml", text);
        Assert.Contains("alarms/all.yaml:8 standards.missing-key", small.Problems());
    }
}
