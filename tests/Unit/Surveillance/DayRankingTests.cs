using Xunit;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Evaluation;

namespace Yunnao.Tests.Unit.Surveillance;

/// <summary>From the evidence of a day to few alarms.</summary>
public sealed class DayRankingTests
{
    [Fact]
    public void The_most_unusual_series_comes_first_and_ordinary_ones_not_at_all()
    {
        var signals = DayRanking.Rank([Candidate(5, 4), Candidate(30, 4), Candidate(4, 4), Candidate(60, 4)], new()).Value;
        Assert.Equal([3, 1], signals.Select(signal => signal.Series));
        Assert.True(signals[0].QValue <= signals[1].QValue);
    }

    [Fact]
    public void A_rise_that_the_whole_city_shares_is_one_signal_of_the_city()
    {
        // The city has 10 districts that all doubled.
        var candidates = new List<Candidate> { Candidate(80, 40) };
        for (var district = 0; district < 10; district++)
            candidates.Add(Candidate(8, 4, parent: 0));
        Assert.Equal([0], DayRanking.Rank([.. candidates], new()).Value.Select(signal => signal.Series));
    }

    [Fact]
    public void A_rise_of_one_district_explains_that_of_the_city()
    {
        var candidates = new List<Candidate> { Candidate(68, 40), Candidate(32, 4, parent: 0) };
        for (var district = 0; district < 9; district++)
            candidates.Add(Candidate(4, 4, parent: 0));
        var signal = Assert.Single(DayRanking.Rank([.. candidates], new()).Value);
        Assert.Equal(1, signal.Series);
        Assert.Equal(32, signal.Window.Observed);
    }

    [Fact]
    public void A_single_case_is_no_signal_however_rare() =>
        Assert.Empty(DayRanking.Rank([Candidate(1, 1e-6)], new()).Value);

    [Fact]
    public void Series_without_a_baseline_are_neither_counted_nor_reported() =>
        Assert.Single(DayRanking.Rank([Candidate(30, 4), new(Evidence.None(0, 3))], new()).Value);

    [Fact]
    public void A_parent_outside_the_day_is_refused() =>
        Assert.Equal("surveillance.bad-option", DayRanking.Rank([Candidate(30, 4, parent: 3)], new()).Problem?.Code);

    [Fact]
    public void Signals_of_following_days_and_neighbours_are_one_alarm_until_it_was_quiet_for_a_week()
    {
        var book = new EpisodeBook(new());
        Assert.True(book.Add(10, group: 1, series: 4, 1e-4).IsNew);
        Assert.False(book.Add(11, 1, 4, 1e-5).IsNew);
        Assert.False(book.Add(11, 1, 5, 1e-3).IsNew);
        Assert.True(book.Add(11, 2, 9, 1e-3).IsNew);
        book.Keep(16, 1, 4, 0.04);
        var (episode, isNew) = book.Add(23, 1, 4, 1e-3);
        Assert.False(isNew);
        Assert.Equal((10, 3, 1e-5, 2), (episode.Opened, episode.Days, episode.BestPValue, episode.Series.Count));
        Assert.Equal([2], book.Close(24).Select(closed => closed.Group));
        Assert.True(book.Add(31, 1, 4, 1e-3).IsNew);
    }

    [Fact]
    public void Agreeing_detectors_are_named()
    {
        var counts = new double[2200];
        for (var day = 0; day < counts.Length; day++)
            counts[day] = 2 + (day % 3);
        counts[^1] = 60;
        var names = PublishedDetectors.Agreeing(PublishedDetectors.Daily, counts, counts.Length - 1, 0.8);
        Assert.Contains("moving percentile", names);
        Assert.Contains("EARS C2", names);
        Assert.Empty(PublishedDetectors.Agreeing(PublishedDetectors.Weekly, new double[300], 299, 0.8));
    }

    [Fact]
    public void On_simulated_cities_big_outbreaks_are_found_with_few_alarms()
    {
        var cards = CityReplay.Run(9001, 2, cancel: TestContext.Current.CancellationToken).ToDictionary(card => card.Name);
        var (ours, percentile) = (cards["combined"], cards["moving percentile"]);
        Assert.True(ours.Outbreaks(3) > 5);
        Assert.True(ours.Sensitivity(3) >= 0.9);
        Assert.True(ours.Alarms < 0.4 * percentile.Alarms);
        Assert.True(ours.ChanceSensitivity < percentile.ChanceSensitivity);
        Assert.Equal(ours.Outbreaks(), percentile.Outbreaks());
    }

    private static Candidate Candidate(double observed, double expected, int parent = -1)
    {
        var windows = default(WindowScores);
        windows[0] = WindowScore.Of(7, observed, expected, 50);
        return new Candidate(new Evidence(0, observed, expected, windows[0].PValue, windows, 1), parent);
    }
}
