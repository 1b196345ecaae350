using CsCheck;
using Xunit;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class CombinedDetectorTests
{
    [Fact]
    public void Without_outbreaks_p_values_are_about_as_frequent_as_they_say()
    {
        var (small, all) = (0, 0);
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var evidence = Score(Days(5 * 365, 2, seed), 1200);
            all += evidence.Length;
            small += evidence.Count(e => e.PValue <= 0.05);
        }

        Assert.InRange(small / (double)all, 0.01, 0.08);
    }

    [Fact]
    public void A_weekday_pattern_gives_no_alarm_on_busy_days()
    {
        var counts = Days(4 * 365, 10, 3);
        for (var day = 0; day < counts.Length; day++)
            counts[day] = day % 7 == 0 ? Math.Round(counts[day] * 3) : counts[day];
        Assert.True(Score(counts, 1200).Count(e => e.PValue <= 0.001) <= 3);
    }

    [Fact]
    public void A_few_cases_where_there_are_hardly_any_are_seen_at_once()
    {
        var counts = new double[1500];
        for (var day = 0; day < counts.Length; day += 97)
            counts[day] = 1;
        counts[1490] = 2;
        counts[1491] = 2;
        var evidence = Score(counts, 1489);
        Assert.True(evidence[0].PValue > 0.05);
        Assert.True(evidence[2].PValue < 1e-4);
        Assert.Equal(3, evidence[2].Strongest.Points);
        Assert.Equal(4, evidence[2].Strongest.Observed);
    }

    [Fact]
    public void A_slow_rise_is_seen_by_the_long_window()
    {
        var counts = Days(1500, 4, 9);
        for (var day = 1480; day < 1494; day++)
            counts[day] += 4;
        var last = Score(counts, 1493)[0];
        Assert.True(last.PValue < 1e-3);
        Assert.True(last.Strongest.Points >= 7);
    }

    [Fact]
    public void An_outbreak_of_last_year_hardly_raises_the_expectation_of_this_year()
    {
        var quiet = Days(1500, 4, 11);
        var spoiled = quiet.ToArray();
        for (var day = 1100; day < 1120; day++)
            spoiled[day] += 30;
        Assert.InRange(Score(spoiled, 1470)[0].Expected / Score(quiet, 1470)[0].Expected, 0.8, 1.3);
    }

    [Fact]
    public void A_giant_spike_leaves_finite_expectations_behind()
    {
        var counts = Days(1500, 1, 5);
        counts[1400] = 1e9;
        var evidence = Score(counts, 1400);
        Assert.True(evidence[0].PValue < 1e-12);
        Assert.All(evidence, e => Assert.True(double.IsFinite(e.Expected) && e.PValue is > 0 and <= 1));
        Assert.True(evidence[^1].Expected < 100);
    }

    [Fact]
    public void A_new_disease_after_years_of_zeros_is_scored_in_finite_time()
    {
        var counts = new double[2078];
        for (var day = 1950; day < counts.Length; day++)
            counts[day] = Math.Round(Math.Exp(0.09 * (day - 1950)));
        Assert.All(Score(counts, 1950), e => Assert.True(e.PValue is > 0 and <= 1));
    }

    [Fact]
    public void A_gap_is_left_out_of_its_windows()
    {
        var counts = Days(1500, 3, 7);
        counts[1490] = double.NaN;
        var evidence = Score(counts, 1490);
        Assert.True(double.IsNaN(evidence[0].PValue));
        Assert.Equal(counts[1491] + counts[1489], evidence[1].Windows[1].Observed);
    }

    [Fact]
    public void Too_short_a_history_gives_no_p_value() =>
        Assert.All(Score(Days(60, 3, 1), 0), e => Assert.True(double.IsNaN(e.PValue) && e.Count == 0));

    [Fact]
    public void The_score_of_a_point_depends_on_the_past_only_and_not_on_where_scoring_began()
    {
        var counts = Days(1500, 3, 13);
        var all = Score(counts, 1400);
        Assert.Equal(all[57], Score(counts[..1458], 1457)[0]);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Equal("surveillance.bad-option", CombinedDetector.Create(new() { Windows = [] }).Problem?.Code);
        Assert.Equal("surveillance.bad-option", CombinedDetector.Create(new() { Windows = [7, 3] }).Problem?.Code);
        Assert.Equal("surveillance.bad-option", CombinedDetector.Create(new() { HalfLife = 0 }).Problem?.Code);
        Assert.Equal("surveillance.bad-option", DayRanking.Rank([], new() { Level = 2 }).Problem?.Code);
    }

    [Fact]
    public void Tails_equal_the_sum_of_their_probabilities() =>
        Gen.Select(Gen.Int[0, 60], Gen.Double[0.01, 40], Gen.Double[0.2, 200]).Sample((k, mean, size) =>
        {
            var above = 1 - Distributions.NegativeBinomialCdf(k, mean, size);
            var own = Distributions.NegativeBinomialCdf(k, mean, size) - Distributions.NegativeBinomialCdf(k - 1, mean, size);
            return Math.Abs(CountTail.MidP(k, mean, size) - above - (own / 2)) < 1e-9;
        });

    private static Evidence[] Score(double[] counts, int first)
    {
        var evidence = new Evidence[counts.Length - first];
        Assert.Null(CombinedDetector.Create(CombinedOptions.Daily).Value.Detect(counts, first, evidence));
        return evidence;
    }

    private static double[] Days(int length, double mean, ulong seed)
    {
        var random = new RandomDraws(seed);
        var counts = new double[length];
        for (var day = 0; day < length; day++)
            counts[day] = random.Poisson(mean * (1 + (0.4 * Math.Sin(2 * Math.PI * day / 365.25))));
        return counts;
    }
}
