using Xunit;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class DetectorTests
{
    [Fact]
    public void Moving_percentile_compares_seven_days_with_twenty_five_earlier_windows()
    {
        // One case a day, but two a day around the same date one year before: the highest 5 of 25 windows hold 14.
        var counts = new double[365 * 6];
        Array.Fill(counts, 1);
        var at = counts.Length - 1;
        Array.Fill(counts, 2, at - 365 - 20, 35);
        var scores = new Score[1];
        Assert.Null(MovingPercentile.Detect(counts, at, new() { Percentile = 0.9, Years = 5 }, scores));
        Assert.Equal(7, scores[0].Observed);
        Assert.Equal(7, scores[0].Expected);
        Assert.Equal(14, scores[0].Upper);
        Assert.False(scores[0].Alarm);
        Array.Fill(counts, 2, at - 6, 7);
        Assert.Null(MovingPercentile.Detect(counts, at, new() { Percentile = 0.9, Years = 5 }, scores));
        Assert.True(scores[0].Alarm);
        Assert.Equal(0.8, scores[0].Statistic);
    }

    [Fact]
    public void Moving_percentile_uses_the_years_there_are()
    {
        var scores = new Score[1];
        Assert.Null(MovingPercentile.Detect(Simulated.Weeks(120, 8, 1), 119, new() { Window = 1, Step = 1, Calendar = Calendar.Weeks }, scores));
        Assert.False(double.IsNaN(scores[0].Upper));
    }

    [Fact]
    public void Fixed_threshold_alarms_once_for_one_case()
    {
        var scores = new Score[5];
        Assert.Null(FixedThreshold.Detect([0, 0, 1, 0, 0], 0, threshold: 1, window: 3, scores));
        Assert.Equal([false, false, true, false, false], scores.Select(score => score.Alarm));
    }

    [Fact]
    public void Shewhart_u_chart_scales_with_population()
    {
        var scores = new Score[1];
        Assert.Null(Shewhart.Detect([10, 10, 60], [100, 100, 400], 2, new(), scores));
        Assert.Equal(40, scores[0].Expected, 12);
        Assert.Equal(40 + (3 * Math.Sqrt(40)), scores[0].Upper, 12);
        Assert.True(scores[0].Alarm);
    }

    [Fact]
    public void Ewma_follows_its_recursion_and_its_bound_is_the_count_that_reaches_the_limit()
    {
        var scores = new Score[2];
        Assert.Null(Ewma.Detect([4, 6], 0, new() { Mean = 4, Lambda = 0.5 }, scores));
        Assert.Equal(4, scores[0].Statistic);
        Assert.Equal(5, scores[1].Statistic);
        var limit = 4 + (3 * Math.Sqrt(4 * 0.5 / 1.5 * (1 - 0.0625)));
        Assert.Equal(limit, (0.5 * scores[1].Upper) + (0.5 * 4), 12);
    }

    [Fact]
    public void Serfling_recovers_a_line_with_a_season()
    {
        var counts = new double[270];
        for (var t = 0; t < counts.Length; t++)
            counts[t] = 100 + (0.1 * t) + (20 * Math.Sin(2 * Math.PI * t / 52));
        var scores = new Score[10];
        Assert.Null(Serfling.Detect(counts, 260, new() { Frequency = 52, Pruned = 0 }, scores));
        Assert.All(scores, score => Assert.Equal(score.Observed, score.Expected, 6));
    }

    [Fact]
    public void Published_C3_alarms_when_three_days_of_excess_pass_the_quantile()
    {
        double[] counts = [2, 3, 2, 3, 2, 3, 2, 3, 2, 4, 4, 5];
        var scores = new Score[1];
        Assert.Null(Ears.C3(counts, 11, new() { Alpha = 0.025 }, scores));
        Assert.True(scores[0].Statistic > 1.96);
        Assert.True(scores[0].Alarm);
    }

    [Fact]
    public void False_discovery_rates_equal_those_of_R()
    {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005, NA, 0.5), "BH")
        double[] adjusted = new double[6];
        Assert.Null(FalseDiscovery.Adjust([0.01, 0.04, 0.03, 0.005, double.NaN, 0.5], anyDependence: false, adjusted));
        double[] expected = [0.025, 0.05, 0.05, 0.025, double.NaN, 0.5];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], adjusted[i], 12);
        Assert.Null(FalseDiscovery.Adjust([0.01, 0.04], anyDependence: true, adjusted.AsSpan(0, 2)));
        Assert.Equal(0.03, adjusted[0], 12);
    }

    [Fact]
    public void False_discovery_refuses_what_is_not_a_probability() =>
        Assert.Equal("surveillance.bad-option", FalseDiscovery.Adjust([1.5], anyDependence: false, new double[1])?.Code);

    [Fact]
    public void A_calendar_by_date_steps_over_week_53()
    {
        // 2020 had 53 ISO weeks. The week of 2021-01-04 is 52 weeks and a year later than that of 2020-01-06, but 53 weeks
        // lie between the weeks of 2020-12-28 (week 53) and 2021-12-27.
        var calendar = Calendar.WeeksFrom(new(2019, 12, 30));
        var index = (new DateOnly(2021, 12, 27).DayNumber - new DateOnly(2019, 12, 30).DayNumber) / 7;
        Assert.Equal(index - 52, calendar.Back(index, 1));
        Assert.Equal(index - 104, calendar.Back(index, 2));
        var later = (new DateOnly(2026, 1, 5).DayNumber - new DateOnly(2019, 12, 30).DayNumber) / 7;
        // Five years of 52 weeks would land in December: by date it is one week earlier in the series.
        Assert.Equal(later - 261, calendar.Back(later, 5));
        Assert.Equal(later - 260, Calendar.Weeks.Back(later, 5));
    }

    [Fact]
    public void A_mean_beyond_all_whole_numbers_is_scored_in_finite_time()
    {
        var scores = new Score[1];
        Assert.Null(LikelihoodRatioChart.Detect([3], 0, [1e200], new(), scores));
        Assert.False(scores[0].Alarm);
    }

    [Fact]
    public void A_seasonal_mean_without_cases_is_a_problem() =>
        Assert.Equal("surveillance.no-baseline", SeasonalMean.Extrapolate(new double[100], 90, new(), new double[10]).Problem?.Code);

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var counts = new double[10];
        var scores = new Score[1];
        Assert.Equal("surveillance.bad-option", Ears.C1(counts, 9, new() { Baseline = 1 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", Rki.Detect(counts, 9, new() { CurrentYear = false }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", Cusum.Detect(counts, 9, new() { H = 0 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", Farrington.Detect(counts, 9, new() { Years = 0 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", FarringtonFlexible.Detect(counts, 9, new() { Alpha = 1 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", LikelihoodRatioChart.Detect(counts, 9, [0], new(), scores)?.Code);
        Assert.Equal("surveillance.bad-option", OutbreakP.Detect(counts, 9, new() { Threshold = 1 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", MovingPercentile.Detect(counts, 9, new() { Percentile = 0 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", Ewma.Detect(counts, 9, new() { Lambda = 0 }, scores)?.Code);
        Assert.Equal("surveillance.bad-option", Shewhart.Detect(counts, [1], 9, new(), scores)?.Code);
        Assert.Equal("surveillance.bad-option", Serfling.Detect(counts, 9, new() { Pruned = 1 }, scores)?.Code);
    }
}
