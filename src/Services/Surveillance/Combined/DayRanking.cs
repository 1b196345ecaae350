using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// Turns the evidence of all series of a day into few ranked signals. A rise that the rest of the surrounding region shares is
/// news of that region and not of its parts: it raises what is expected of them (as the temporal–spatial model of CIDARS does,
/// Chinese Journal of Epidemiology 2011, PubMed 21569721). A region whose rise comes from its signalling parts gives no signal of
/// its own. False discoveries of the day are controlled over all series (Benjamini, Hochberg 1995).
/// </summary>
public static class DayRanking
{
    /// <summary>The signals of a day, most unusual first. A parent must not be its own ancestor.</summary>
    public static Result<IReadOnlyList<Signal>> Rank(ReadOnlySpan<Candidate> candidates, RankingOptions options)
    {
        if (options.Check() is { } problem)
            return problem;
        var judged = new Evidence[candidates.Length];
        var ratios = new double[candidates.Length];
        var pValues = new double[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            var parent = candidates[i].Parent;
            if (parent >= candidates.Length || parent == i)
                return Series.BadOption(nameof(Candidate.Parent), "the position of another candidate, or −1");
            (judged[i], ratios[i]) = parent < 0
                ? (candidates[i].Evidence, 1)
                : AreaShare.Apply(candidates[i].Evidence, candidates[parent].Evidence, options.AreaPrior);
            pValues[i] = judged[i].PValue;
        }

        var qValues = new double[candidates.Length];
        if (FalseDiscovery.Adjust(pValues, anyDependence: false, qValues) is { } failed)
            return failed;
        var signals = new List<Signal>();
        for (var i = 0; i < candidates.Length; i++)
        {
            if (qValues[i] <= options.Level && pValues[i] <= options.MaximumPValue && judged[i].Cases >= options.MinimumCases)
                signals.Add(new Signal(i, judged[i].Strongest, pValues[i], qValues[i], ratios[i]));
        }

        RemoveCovered(signals, candidates, options.Covered);
        signals.Sort(static (a, b) => (a.QValue, a.PValue, a.Series).CompareTo((b.QValue, b.PValue, b.Series)));
        return signals;
    }

    /// <summary>Takes away the signals of regions whose cases outside their signalling parts are not unusual.</summary>
    private static void RemoveCovered(List<Signal> signals, ReadOnlySpan<Candidate> candidates, double level)
    {
        var rest = new Dictionary<int, Evidence>();
        foreach (var signal in signals)
        {
            var parent = candidates[signal.Series].Parent;
            if (parent < 0)
                continue;
            if (!rest.TryGetValue(parent, out var left))
                left = candidates[parent].Evidence;
            rest[parent] = AreaShare.Without(left, candidates[signal.Series].Evidence);
        }

        signals.RemoveAll(signal => rest.TryGetValue(signal.Series, out var left) && !(left.PValue <= level));
    }
}
