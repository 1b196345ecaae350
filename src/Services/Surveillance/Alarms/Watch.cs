using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>
/// Judges all series of all signals, day by day, each by the days before it: the combined detector over every series, ranked and cleared
/// of what a region only shares with the region around it; fixed numbers for severe and rare diseases; triggers of several signals.
/// </summary>
public sealed class Watch(AlarmRules rules)
{
    private const int FixedDays = 7;

    /// <summary>History, in days, that the methods look back on.</summary>
    public const int History = 6 * 366;

    /// <summary>A series without a case in so many days is not judged.</summary>
    public const int Lately = 28;

    /// <summary>The findings of each day from <paramref name="from"/> to <paramref name="to"/>, by day and then most unusual first.</summary>
    internal Result<List<Finding>> Run(List<DayCount> counts, DateOnly from, DateOnly to, Func<string, double> tuning, CancellationToken cancellation)
    {
        if (counts.Count == 0 || to < from) return new List<Finding>();
        var start = counts.Min(c => c.Day);
        if (start > from) from = start;
        var series = new List<WatchedSeries>();
        foreach (var signal in counts.GroupBy(c => c.Signal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (RuleOf(signal.Key) is { } rule) SeriesTree.Add(series, signal.Key, rule.Levels, signal, start, to);
        }

        var findings = new List<Finding>();
        if (Unusual(series, from, tuning, findings, cancellation) is { } problem) return problem;
        findings.AddRange(series.Where(s => s.Parent < 0 || s.Level == RegionLevel.County).SelectMany(s => OverFixed(s, from)));
        foreach (var trigger in rules.Triggers.Values) findings.AddRange(new TriggerJudge(trigger).Run(counts, start, from, to));
        return findings.OrderBy(f => f.Day).ThenBy(f => double.IsNaN(f.PValue) ? 0 : f.PValue).ThenBy(f => f.Signal, StringComparer.Ordinal).ThenByDescending(f => f.Region.Length).ToList();
    }

    private static Problem? Unusual(List<WatchedSeries> series, DateOnly from, Func<string, double> tuning, List<Finding> findings, CancellationToken cancellation)
    {
        if (!CombinedDetector.Create(CombinedOptions.Daily).Try(out var detector, out var problem)) return problem;
        if (series.Count == 0) return null;
        var first = series[0].Series.IndexOf(from);
        var evidence = new Evidence[series.Count][];
        for (var i = 0; i < evidence.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var counts = series[i].Series.Counts;
            evidence[i] = new Evidence[counts.Length - first];
            if (detector.Detect(counts, first, evidence[i]) is { } refused) return refused;
        }

        var (options, candidates) = (new RankingOptions(), new Candidate[series.Count]);
        for (var day = 0; day < evidence[0].Length; day++)
        {
            for (var i = 0; i < candidates.Length; i++) candidates[i] = new(evidence[i][day], series[i].Parent);
            if (!DayRanking.Rank(candidates, options).Try(out var ranked, out problem)) return problem;
            foreach (var signal in ranked)
            {
                var watched = series[signal.Series];
                var factor = tuning(watched.Signal);
                if (signal.PValue > options.MaximumPValue * factor || signal.QValue > options.Level * factor) continue;
                findings.Add(new(
                    watched.Signal, watched.Level, watched.Region, watched.Series.DateOf(first + day), signal.Window.Points, signal.Window.Observed,
                    signal.Window.Expected, DetectorPanel.Upper(signal.Window), signal.PValue, signal.AreaRatio, factor, [watched.Signal],
                    [DetectorNames.Combined, .. DetectorPanel.Agreeing(watched.Series, first + day)]));
            }
        }

        return null;
    }

    private IEnumerable<Finding> OverFixed(WatchedSeries watched, DateOnly from)
    {
        var code = watched.Signal[(watched.Signal.IndexOf('.') + 1)..];
        if (RuleOf(watched.Signal) is not { } rule || !rule.Fixed.TryGetValue(code, out var cases)) yield break;
        var first = watched.Series.IndexOf(from);
        var scores = new Score[watched.Series.Counts.Length - first];
        if (FixedThreshold.Detect(watched.Series.Counts, first, cases, FixedDays, scores) is not null) yield break;
        foreach (var score in scores.Where(s => s.Alarm))
        {
            yield return new(
                watched.Signal, watched.Level, watched.Region, watched.Series.DateOf(score.Index), FixedDays, score.Observed, double.NaN, cases,
                double.NaN, 1, 1, [watched.Signal], [DetectorNames.Fixed]);
        }
    }

    private SignalRule? RuleOf(string signal) => rules.Signals.GetValueOrDefault(signal.Split('.')[0]);
}
