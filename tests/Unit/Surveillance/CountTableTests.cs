using Xunit;
using Yunnao.Services.Surveillance.Counts;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class CountTableTests
{
    private static readonly DateOnly s_first = new(2026, 1, 1);

    [Fact]
    public void A_report_sent_twice_counts_once() =>
        Assert.Equal([2, 0], Build([new("a", s_first, "420102", 2), new("a", s_first, "420102", 2)]).Counts["420102"]);

    [Fact]
    public void A_revised_report_moves_its_cases_to_another_day_and_place()
    {
        var table = Build([new("a", s_first, "420102", 3, Version: 2), new("a", s_first.AddDays(1), "420103", 1, Version: 1), new("b", s_first, "420102", 1)]);
        Assert.Equal([4, 0], table.Counts["420102"]);
        Assert.False(table.Counts.ContainsKey("420103"));
        Assert.Equal(1, table.Replaced);
    }

    [Fact]
    public void A_negative_report_takes_cases_back_from_the_latest_days_before()
    {
        var table = CountTable.Build(
            [new("a", s_first, "1", 3), new("b", s_first.AddDays(1), "1", 2), new("c", s_first.AddDays(2), "1", -4)], s_first, s_first.AddDays(2)).Value;
        Assert.Equal([1, 0, 0], table.Counts["1"]);
        Assert.Equal(0, table.Unexplained);
    }

    [Fact]
    public void Cases_taken_back_that_nobody_had_are_told() =>
        Assert.Equal(2, Build([new("a", s_first, "1", 1), new("b", s_first.AddDays(1), "1", -3)]).Unexplained);

    [Fact]
    public void Old_divisions_count_for_the_ones_that_took_their_place()
    {
        var successors = new Dictionary<string, string> { ["370100-old"] = "370112", ["371200"] = "370116", ["370116"] = "370117" };
        var table = CountTable.Build(
            [new("a", s_first, "370112", 1), new("b", s_first, "370100-old", 2), new("c", s_first, "371200", 4)], s_first, s_first, successors).Value;
        Assert.Equal([3], table.Counts["370112"]);
        Assert.Equal([4], table.Counts["370117"]);
    }

    [Fact]
    public void Divisions_in_a_circle_are_refused() =>
        Assert.Equal("surveillance.division-circle", CountTable.Build(
            [new("a", s_first, "1", 1)], s_first, s_first, new Dictionary<string, string> { ["1"] = "2", ["2"] = "1" }).Problem?.Code);

    [Fact]
    public void A_clock_that_runs_ahead_or_behind_changes_no_count_and_is_told()
    {
        var table = Build([new("a", s_first.AddDays(5), "1", 7), new("b", s_first.AddDays(-400), "1", 7), new("c", s_first, "1", 1)]);
        Assert.Equal([1, 0], table.Counts["1"]);
        Assert.Equal((1, 1), (table.Ahead, table.Early));
    }

    [Fact]
    public void A_number_that_is_not_finite_and_a_period_backwards_are_refused()
    {
        Assert.Equal("surveillance.infinite-count", CountTable.Build([new("a", s_first, "1", double.NaN)], s_first, s_first).Problem?.Code);
        Assert.Equal("surveillance.range-outside-series", CountTable.Build([], s_first, s_first.AddDays(-1)).Problem?.Code);
    }

    [Fact]
    public void Totals_to_date_become_new_cases_with_gaps_and_without_negative_days()
    {
        var counts = new double[6];
        Corrections.FromCumulative([2, 5, double.NaN, 9, 7, 8], counts);
        Assert.Equal([2, 3, double.NaN, 2, 0, 1], counts);
    }

    private static CountTable Build(CaseReport[] reports) => CountTable.Build(reports, s_first, s_first.AddDays(1)).Value;
}
