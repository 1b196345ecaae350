using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Counts;

/// <summary>
/// Daily counts of regions from untidy reports: duplicates and revisions replace what they revise, old divisions count for the new
/// ones, reports from the future wait, corrections go back to the days that they correct.
/// </summary>
public sealed class CountTable
{
    private CountTable(DateOnly first, IReadOnlyDictionary<string, double[]> counts, int ahead, int early, int replaced, double unexplained)
    {
        First = first;
        Counts = counts;
        Ahead = ahead;
        Early = early;
        Replaced = replaced;
        Unexplained = unexplained;
    }

    /// <summary>Day of the first count of every region.</summary>
    public DateOnly First { get; }

    /// <summary>Counts by region, one a day from <see cref="First"/> to today; days without reports are zero.</summary>
    public IReadOnlyDictionary<string, double[]> Counts { get; }

    /// <summary>Reports of days after today, which are left out: a clock runs ahead somewhere.</summary>
    public int Ahead { get; }

    /// <summary>Reports of days before the first.</summary>
    public int Early { get; }

    /// <summary>Reports that a later version, or the same report sent again, replaced.</summary>
    public int Replaced { get; }

    /// <summary>Cases taken back that no day had.</summary>
    public double Unexplained { get; }

    /// <summary>
    /// Counts reports. <paramref name="today"/> is the last day; <paramref name="successors"/> names the division that took the place
    /// of an old one (chains are followed; a merger has several old ones, a split region keeps its code for the past).
    /// Refused: a last day before the first, a number that is not finite, successors in a circle.
    /// </summary>
    public static Result<CountTable> Build(
        IEnumerable<CaseReport> reports, DateOnly first, DateOnly today, IReadOnlyDictionary<string, string>? successors = null)
    {
        if (today < first)
            return new Problem(ProblemKind.Incorrect, "surveillance.range-outside-series", $"The last day, {today:O}, is before the first, {first:O}.");
        var latest = new Dictionary<string, CaseReport>(StringComparer.Ordinal);
        var (ahead, early, replaced) = (0, 0, 0);
        foreach (var report in reports)
        {
            if (!double.IsFinite(report.Cases))
                return new Problem(ProblemKind.Incorrect, "surveillance.infinite-count", $"A report of {report.Day:O} has no finite number of cases.");
            var known = latest.TryGetValue(report.Key, out var before);
            replaced += known ? 1 : 0;
            if (!known || report.Version >= before.Version)
                latest[report.Key] = report;
        }

        var counts = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var report in latest.Values)
        {
            if (report.Day > today || report.Day < first)
            {
                (ahead, early) = report.Day > today ? (ahead + 1, early) : (ahead, early + 1);
                continue;
            }

            if (!Successor(report.Region, successors).Try(out var region, out var problem))
                return problem;
            if (!counts.TryGetValue(region, out var series))
                counts[region] = series = new double[today.DayNumber - first.DayNumber + 1];
            series[report.Day.DayNumber - first.DayNumber] += report.Cases;
        }

        return new CountTable(first, counts, ahead, early, replaced, counts.Values.Sum(series => Corrections.TakeBack(series)));
    }

    private static Result<string> Successor(string region, IReadOnlyDictionary<string, string>? successors)
    {
        for (var step = 0; successors is not null && successors.TryGetValue(region, out var next); step++)
        {
            if (step > successors.Count)
                return new Problem(ProblemKind.Incorrect, "surveillance.division-circle", $"The successors of division {region} lead back to it.");
            region = next;
        }

        return region;
    }
}
