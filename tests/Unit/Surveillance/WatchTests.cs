using Xunit;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Notices;
using Yunnao.Standards;
using Yunnao.Standards.Alarms;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class WatchTests
{
    private static readonly DateOnly Start = new(2024, 1, 1);
    private static readonly DateOnly End = Start.AddDays(199);

    private static readonly RegionLevel[] Levels = [RegionLevel.Nation, RegionLevel.City, RegionLevel.County];

    [Fact]
    public void A_level_that_adds_nothing_is_not_watched()
    {
        var series = new List<WatchedSeries>();
        SeriesTree.Add(series, "flu", Levels, [new("flu", "420106", "H", Start, 3), new("flu", "420102", "H", Start, 2)], Start, End);
        Assert.Equal([(RegionLevel.City, "4201", -1), (RegionLevel.County, "420102", 0), (RegionLevel.County, "420106", 0)], series.Select(s => (s.Level, s.Region, s.Parent)));
        Assert.Equal(5, series[0].Series.Counts[0]);
    }

    [Fact]
    public void An_outbreak_in_one_county_is_found_there_and_agreed_on()
    {
        var findings = Run(Quiet(), Outbreak("420106", 12));
        Assert.All(findings, f => Assert.Equal("420106", f.Region));
        var worst = findings.MinBy(f => f.PValue)!;
        Assert.True(worst.Observed > worst.Upper && worst.Expected < 10, $"{worst}");
        Assert.Equal(DetectorNames.Combined, worst.Detectors[0]);
        Assert.Contains(DetectorNames.EarsC2, findings.SelectMany(f => f.Detectors));
    }

    [Fact]
    public void Nothing_is_found_where_nothing_happens() => Assert.Empty(Run(Quiet()));

    [Fact]
    public void One_case_of_a_disease_with_a_fixed_number_of_one_is_an_alarm_on_its_day()
    {
        var rules = Rules(Rule("card", new Dictionary<string, int> { ["card"] = 1 }));
        var findings = new Watch(rules).Run([.. Quiet(), new("card", "420106", "H", End.AddDays(-2), 1)], End.AddDays(-9), End, _ => 1, TestContext.Current.CancellationToken).Value;
        var found = Assert.Single(findings, f => f.Detectors[0] == DetectorNames.Fixed);
        Assert.Equal((End.AddDays(-2), 1.0, "420106"), (found.Day, found.Observed, found.Region));
    }

    [Fact]
    public void A_trigger_needs_enough_of_its_conditions_in_one_region()
    {
        var trigger = new TriggerRule(
            "both", "1.0.0", Status.Standard, new("多点", "Both"), RegionLevel.County, 7, 2, [new("flu", 5, 2), new("drug", 3, null)], "", default);
        List<DayCount> counts = [.. Outbreak("420106", 12), .. Outbreak("420102", 12), new("drug", "420106", "H", End, 3)];
        var findings = new TriggerJudge(trigger).Run(counts, Start, End.AddDays(-6), End).ToList();
        var found = Assert.Single(findings);
        Assert.Equal(("420106", End), (found.Region, found.Day));
        Assert.Equal(["flu", "drug"], found.Signals);
    }

    [Fact]
    public void Feedback_is_bounded_and_an_outbreak_takes_it_back()
    {
        Assert.Equal(1, Feedback.Factor([]));
        Assert.Equal(0.5, Feedback.Factor([AlarmOutcome.Outbreak, AlarmOutcome.Not, AlarmOutcome.Duplicate]));
        Assert.Equal(1, Feedback.Factor([AlarmOutcome.Not, AlarmOutcome.Outbreak]));
        Assert.Equal(Feedback.Least, Feedback.Factor(Enumerable.Repeat(AlarmOutcome.Not, 40)));
    }

    [Fact]
    public void Feedback_silences_a_weak_rise_and_not_a_strong_one()
    {
        var strong = new Watch(Rules(Rule("flu"))).Run([.. Quiet(), .. Outbreak("420106", 12)], End.AddDays(-9), End, _ => Feedback.Least, TestContext.Current.CancellationToken).Value;
        Assert.NotEmpty(strong);
        Assert.All(strong, f => Assert.True(f.PValue <= 0.01 * Feedback.Least));
    }

    [Fact]
    public void The_signature_is_the_hmac_of_time_and_body()
    {
        // echo -n '1700000000.{"alarm":1}' | openssl dgst -sha256 -hmac secret-of-sixteen
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("secret-of-sixteen"u8, "1700000000.{\"alarm\":1}"u8)),
            WebhookChannel.Signature("secret-of-sixteen"u8, "1700000000", "{\"alarm\":1}"));
    }

    private static List<Finding> Run(params IEnumerable<DayCount>[] counts) =>
        new Watch(Rules(Rule("flu"))).Run([.. counts.SelectMany(c => c)], End.AddDays(-9), End, _ => 1, TestContext.Current.CancellationToken).Value;

    /// <summary>One or two cases every third day in each of two counties.</summary>
    private static IEnumerable<DayCount> Quiet() =>
        from day in Enumerable.Range(0, 200)
        where day % 3 == 0
        from county in new[] { "420102", "420106" }
        select new DayCount("flu", county, "H", Start.AddDays(day), 1 + (day % 2));

    private static IEnumerable<DayCount> Outbreak(string county, int cases) =>
        Enumerable.Range(0, 5).Select(back => new DayCount("flu", county, "H", End.AddDays(-back), cases));

    private static AlarmRules Rules(params SignalRule[] rules) => AlarmRules.None with { Signals = rules.ToDictionary(r => r.Id) };

    private static SignalRule Rule(string id, IReadOnlyDictionary<string, int>? fix = null) => new(
        id, "1.0.0", Status.Standard, new(id, id), "lab.result", null, null, null, null, null, 0, Levels, fix ?? new Dictionary<string, int>(), "", default);
}
