using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Control of false discoveries among all series of a day, where a method gives p-values (<see cref="DetectorNames.WithPValue"/>).</summary>
public static class SeriesDiscovery
{
    /// <summary>
    /// For each score of each series the smallest level of false discovery, among all series scored on its day, at which it is an alarm;
    /// NaN where there is no p-value.
    /// </summary>
    public static double[][] Adjust(IReadOnlyList<CountSeries> series, IReadOnlyList<Score[]> scores)
    {
        var adjusted = scores.Select(s => new double[s.Length]).ToArray();
        var days = Enumerable.Range(0, series.Count).SelectMany(i => scores[i].Select((score, at) => (Series: i, At: at, score.Statistic, Day: series[i].DateOf(score.Index))));
        foreach (var day in days.GroupBy(point => point.Day))
        {
            var points = day.ToList();
            var qValues = new double[points.Count];

            // What is no p-value becomes no test: rounding can put a chance a little beyond its range.
            var pValues = points.Select(p => double.IsNaN(p.Statistic) ? double.NaN : Math.Clamp(p.Statistic, 0, 1)).ToArray();
            _ = FalseDiscovery.Adjust(pValues, anyDependence: false, qValues);
            for (var i = 0; i < qValues.Length; i++) adjusted[points[i].Series][points[i].At] = qValues[i];
        }

        return adjusted;
    }
}
