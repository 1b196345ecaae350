using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Builds the series of one signal at all levels at which it is watched, each with the region around it.</summary>
internal static class SeriesTree
{
    /// <summary>
    /// Adds the series of a signal to a list, coarsest first. A level that adds nothing, because one part has all its cases, is left out.
    /// </summary>
    public static void Add(List<WatchedSeries> all, string signal, IReadOnlyList<RegionLevel> levels, IEnumerable<DayCount> counts, DateOnly from, DateOnly to)
    {
        var byKey = new Dictionary<(RegionLevel Level, string Region), double[]>();
        foreach (var count in counts)
        {
            foreach (var level in levels)
            {
                if (RegionOf(count, level) is not { } region) continue;
                if (!byKey.TryGetValue((level, region), out var days)) byKey.Add((level, region), days = new double[to.DayNumber - from.DayNumber + 1]);
                days[count.Day.DayNumber - from.DayNumber] += count.Cases;
            }
        }

        var totals = byKey.ToDictionary(k => k.Key, k => k.Value.Sum());
        var position = new Dictionary<(RegionLevel, string), int>();
        foreach (var (key, days) in byKey.OrderBy(k => k.Key.Level).ThenBy(k => k.Key.Region, StringComparer.Ordinal))
        {
            if (key.Level < RegionLevel.County && totals.Any(t => t.Value == totals[key] && IsPart(t.Key, key))) continue;
            position.Add(key, all.Count);
            all.Add(new(signal, key.Level, key.Region, new("", from, days, false), Parent(key, position)));
        }
    }

    /// <summary>The beginning of a region code at a level, or null when it is not known so closely.</summary>
    public static string? RegionOf(DayCount count, RegionLevel level)
    {
        if (level == RegionLevel.Institution) return count.Organisation.Length == 0 ? null : count.Organisation;
        var digits = level.Digits();
        return count.Region.Length >= digits ? count.Region[..digits] : null;
    }

    private static bool IsPart((RegionLevel Level, string Region) part, (RegionLevel Level, string Region) whole) =>
        part.Level > whole.Level && part.Level <= RegionLevel.County && part.Region.StartsWith(whole.Region, StringComparison.Ordinal);

    private static int Parent((RegionLevel Level, string Region) key, Dictionary<(RegionLevel, string), int> position)
    {
        for (var level = key.Level.Above(); level is { } above; level = above.Above())
        {
            if (position.TryGetValue((above, key.Region[..above.Digits()]), out var parent)) return parent;
        }

        return -1;
    }
}
