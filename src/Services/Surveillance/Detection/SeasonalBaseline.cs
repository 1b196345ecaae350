using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The baseline of the flexible Farrington method. Period 0 is the 2w + 1 points around the scored point's place in each
/// year; the points between two such windows are cut into the other periods, as equal as they come, earliest first.
/// </summary>
internal static class SeasonalBaseline
{
    /// <summary>Fills the fit with the baseline of a point; false when it reaches before the series or holds too little.</summary>
    public static bool Gather(ReadOnlySpan<double> counts, int at, FarringtonFlexibleOptions options, LogLinearFit fit)
    {
        fit.Clear();
        var newest = at - options.PointsNotIncluded;
        for (var year = options.Years; year >= 0; year--)
        {
            var centre = options.Calendar.Back(at, year);
            if (centre - options.HalfWindow < 0)
                return false;
            for (var week = centre - options.HalfWindow; week <= centre + options.HalfWindow && week < newest; week++)
                Add(counts, week, 0, at, options, fit);
            if (year > 0)
                AddBetween(counts, centre, options.Calendar.Back(at, year - 1), newest, at, options, fit);
        }

        return fit.Rows > 0;
    }

    private static void AddBetween(
        ReadOnlySpan<double> counts, int centre, int next, int newest, int at, FarringtonFlexibleOptions options, LogLinearFit fit)
    {
        var start = centre + options.HalfWindow + 1;
        var end = next - options.HalfWindow;
        var others = options.Periods - 1;
        for (var week = start; week < end && week < newest; week++)
        {
            var period = others == 0 ? 0 : 1 + ((week - start) * others / (end - start));
            Add(counts, week, period, at, options, fit);
        }
    }

    private static void Add(
        ReadOnlySpan<double> counts, int week, int period, int at, FarringtonFlexibleOptions options, LogLinearFit fit)
    {
        if (!double.IsNaN(counts[week]))
            fit.Add(counts[week], period, [(week - at) / (double)options.Calendar.Frequency]);
    }
}
