using Xunit;
using Yunnao.Services.Upkeep;

namespace Yunnao.Tests.Unit.Upkeep;

/// <summary>When the lake is optimized next.</summary>
public sealed class OptimizeCareTests
{
    [Theory]
    [InlineData("Asia/Shanghai", "2026-11-29T18:59:59Z", "2026-11-30T03:00:00+08:00")]
    [InlineData("Asia/Shanghai", "2026-11-29T19:00:00Z", "2026-12-01T03:00:00+08:00")]
    [InlineData("UTC", "2026-12-31T23:59:00Z", "2027-01-01T03:00:00+00:00")]
    [InlineData("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00")]
    [InlineData("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T03:00:00+01:00")]
    public void It_is_the_next_time_that_the_clock_of_the_place_shows_it(string zone, string now, string next) =>
        Assert.Equal(Moment(next), OptimizeCare.Next(Moment(now), new(3, 0), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
