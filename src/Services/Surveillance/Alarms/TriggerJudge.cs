using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Judges one multi-point trigger in all regions of its level.</summary>
internal sealed class TriggerJudge(TriggerRule rule)
{
    private const int WindowsBefore = 4;

    /// <summary>A finding for each day and region in which enough conditions hold; its cases are those of the conditions that hold.</summary>
    public IEnumerable<Finding> Run(IReadOnlyList<DayCount> counts, DateOnly start, DateOnly from, DateOnly to)
    {
        var days = to.DayNumber - start.DayNumber + 1;
        var byRegion = new Dictionary<string, double[][]>();
        for (var condition = 0; condition < rule.Conditions.Count; condition++)
        {
            foreach (var count in counts.Where(c => c.Signal == rule.Conditions[condition].Signal))
            {
                if (SeriesTree.RegionOf(count, rule.Level) is not { } region) continue;
                if (!byRegion.TryGetValue(region, out var table))
                    byRegion.Add(region, table = [.. rule.Conditions.Select(_ => new double[days])]);
                table[condition][count.Day.DayNumber - start.DayNumber] += count.Cases;
            }
        }

        return byRegion.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => Judge(r.Key, r.Value, start, from.DayNumber - start.DayNumber));
    }

    private IEnumerable<Finding> Judge(string region, double[][] table, DateOnly start, int first)
    {
        for (var day = first; day < table[0].Length; day++)
        {
            var held = new List<string>();
            double cases = 0;
            for (var condition = 0; condition < table.Length; condition++)
            {
                var observed = Sum(table[condition], day);
                if (!Holds(rule.Conditions[condition], table[condition], day, observed)) continue;
                held.Add(rule.Conditions[condition].Signal);
                cases += observed;
            }

            if (held.Count < rule.Needs || table.All(row => row[day] == 0)) continue;
            yield return new(
                rule.Id, rule.Level, region, start.AddDays(day), rule.Days, cases, double.NaN, double.NaN, double.NaN, 1, 1, held, [DetectorNames.Trigger]);
        }
    }

    private bool Holds(TriggerCondition condition, double[] counts, int day, double observed)
    {
        if (observed < condition.Cases) return false;
        if (condition.Ratio is not { } ratio) return true;
        if (day + 1 < (WindowsBefore + 1) * rule.Days) return false;
        double before = 0;
        for (var window = 1; window <= WindowsBefore; window++) before += Sum(counts, day - (window * rule.Days));
        return observed >= ratio * ((before / WindowsBefore) + 0.5);
    }

    private double Sum(double[] counts, int end)
    {
        double sum = 0;
        for (var day = Math.Max(0, end - rule.Days + 1); day <= end; day++) sum += counts[day];
        return sum;
    }
}
