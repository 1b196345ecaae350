using Xunit;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class CountSeriesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Weeks_begin_on_mondays_and_parts_of_weeks_are_left_out()
    {
        // 2020-12-26 is a Saturday; ISO week 53 of 2020 begins on 2020-12-28.
        var days = new CountSeries("", new(2020, 12, 26), [.. Enumerable.Repeat(1.0, 20)], false);
        var weeks = days.Weeks();
        Assert.Equal((new DateOnly(2020, 12, 28), true), (weeks.Start, weeks.Weekly));
        Assert.Equal([7, 7], weeks.Counts);
        Assert.Equal(new DateOnly(2021, 1, 4), weeks.End);
    }

    [Fact]
    public void A_week_of_gaps_is_a_gap_and_one_with_some_days_sums_what_is_there()
    {
        var days = new CountSeries("", new(2024, 1, 1), [.. Enumerable.Repeat(double.NaN, 7), 1, 2, double.NaN, 0, 0, 0, 0], false);
        Assert.Equal([double.NaN, 3], days.Weeks().Counts);
    }

    [Fact]
    public void Rows_without_a_count_are_cases_and_days_without_one_count_zero()
    {
        var series = Assert.Single(Read("day\n2024-01-01\n2024/1/4\n20240101\n", count: null).Value);
        Assert.Equal([2, 0, 0, 1], series.Counts);
    }

    [Fact]
    public void Missing_days_of_counts_are_gaps_and_seven_days_apart_is_weekly()
    {
        var daily = Assert.Single(Read("day,n\n2024-01-01,3\n2024-01-03,\n2024-01-04,5\n").Value);
        Assert.Equal([3, double.NaN, double.NaN, 5], daily.Counts);
        var weekly = Assert.Single(Read("day,n\n2024-01-01,3\n2024-01-15,NA\n2024-01-22,5\n").Value);
        Assert.Equal([3, double.NaN, double.NaN, 5], weekly.Counts);
        Assert.True(weekly.Weekly);
    }

    [Fact]
    public void Groups_are_series_of_their_own()
    {
        var series = Read("day,n,place\n2024-01-01,3,a\n2024-01-01,4,b\n2024-01-02,5,b\n", group: "place").Value;
        Assert.Equal(["a", "b"], series.Select(s => s.Name));
        Assert.Equal([4, 5], series[1].Counts);
    }

    [Theory]
    [InlineData("day,n\n2024-13-01,3\n", "series.date", 2)]
    [InlineData("day,n\n2024-01-01,x\n", "series.count", 2)]
    [InlineData("day,n\n2024-01-01,3\n2024-01-01,4\n", "series.duplicate-date", 3)]
    [InlineData("day,n\n2024-01-01,3,4\n", "series.malformed", 2)]
    [InlineData("when,n\n2024-01-01,3\n", "series.column", null)]
    [InlineData("day,n\n", "series.empty", null)]
    public void Wrong_files_are_refused_with_their_line(string text, string code, int? line)
    {
        var problem = Read(text).Problem;
        Assert.Equal((code, (long?)line), (problem?.Code, problem?.Where?.Line));
    }

    private Kernel.Result<List<CountSeries>> Read(string text, string? count = "n", string? group = null)
    {
        File.WriteAllText(_file, text);
        return CsvSeries.Read(new(_file, "day", count, group));
    }
}
