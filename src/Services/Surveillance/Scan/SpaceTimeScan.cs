using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Scan;

/// <summary>
/// The prospective space–time scan statistic: of all cylinders (a circle of regions × the last d days) the one whose cases are
/// least likely by chance. Poisson model: Kulldorff (2001), Journal of the Royal Statistical Society A 164:61–72; permutation
/// model: Kulldorff, Heffernan, Hartman, Assunção, Mostashari (2005), PLoS Medicine 2:e59; Gumbel p-values: Abrams, Kulldorff,
/// Kleinman (2010), International Journal of Health Geographics 9:61.
/// </summary>
public static class SpaceTimeScan
{
    /// <summary>
    /// Scans for clusters that are alive on the last day, most unusual first. <paramref name="cases"/>: regions × days, the days
    /// of a region together. <paramref name="expected"/>: the same shape, in any scale, for the Poisson model (it is scaled to
    /// the number of cases); empty for the permutation model. No cases at all: no clusters. Cancelling ends between replicates.
    /// </summary>
    public static Result<Cluster[]> Run(
        IReadOnlyList<Region> regions,
        ReadOnlySpan<double> cases,
        ReadOnlySpan<double> expected,
        ScanOptions options,
        CancellationToken cancel = default)
    {
        if (Check(regions, cases, expected, options) is { } problem)
            return problem;
        var days = cases.Length / regions.Count;
        options = options with { MaximumDays = Math.Min(options.MaximumDays, days) };
        var total = Sum(cases);
        if (total == 0)
            return Array.Empty<Cluster>();
        var shape = new ScanShape(regions.Count, days, options.MaximumDays);
        var margins = options.Model == ScanModel.Permutation ? Independent(cases, shape, total) : Scaled(expected, total);
        var neighbours = Neighbours.Build(regions, options.MaximumRegions, options.MaximumRadius);
        var cylinders = ScanCylinders.Build(neighbours, options, total, shape.Recent(margins), shape.Shares(margins));
        var observed = shape.RecentFloats(cases, cylinders.Stride);
        var found = Find(cylinders, observed, regions.Count, options);
        if (found.Count == 0 || options.Replicates == 0)
            return found.ToArray();
        var simulation = options.Model == ScanModel.Permutation
            ? ScanSimulation.Permutation(cases, shape)
            : ScanSimulation.Poisson(margins, total, shape);
        var maxima = simulation.Maxima(cylinders, options, cancel);
        return cancel.IsCancellationRequested
            ? new Problem(ProblemKind.Interrupted, "surveillance.scan-cancelled", "The scan was cancelled.")
            : WithPValues(found, maxima);
    }

    /// <summary>Best cylinder of every centre, then greedily the most unusual that share no region with those before.</summary>
    private static List<Cluster> Find(ScanCylinders cylinders, float[] observed, int regions, ScanOptions options)
    {
        var sum = new float[cylinders.Stride];
        var best = new (double Statistic, int Regions, int Days)[regions];
        var order = new int[regions];
        var keys = new double[regions];
        for (var centre = 0; centre < regions; centre++)
        {
            best[centre] = cylinders.Best(centre, observed, sum, 0);
            order[centre] = centre;
            keys[centre] = -best[centre].Statistic;
        }

        Array.Sort(keys, order);
        var taken = new bool[regions];
        var found = new List<Cluster>();
        foreach (var centre in order)
        {
            var (statistic, size, days) = best[centre];
            if (statistic <= 0 || found.Count == options.Clusters)
                break;
            var (members, radius, expected) = cylinders.Describe(centre, size, days);
            if (members.Any(region => taken[region]))
                continue;
            var count = 0.0;
            foreach (var region in members)
            {
                taken[region] = true;
                count += observed[(region * cylinders.Stride) + days - 1];
            }

            found.Add(new Cluster(centre, members, radius, days, count, expected, statistic, double.NaN, double.NaN));
        }

        return found;
    }

    private static Cluster[] WithPValues(List<Cluster> found, double[] maxima)
    {
        var (mean, sd, _) = Series.Moments(maxima);
        var scale = sd * Math.Sqrt(6) / Math.PI;
        var location = mean - (0.57721566490153286 * scale);
        for (var i = 0; i < found.Count; i++)
        {
            var statistic = found[i].LogLikelihoodRatio;
            var atLeast = maxima.Count(largest => largest >= statistic);
            // 1 − exp(−x), without losing small values.
            var x = Math.Exp(-(statistic - location) / scale);
            var gumbel = x < 1e-5 ? x - (x * x / 2) : 1 - Math.Exp(-x);
            found[i] = found[i] with { PValue = (1.0 + atLeast) / (1 + maxima.Length), GumbelPValue = scale > 0 ? gumbel : double.NaN };
        }

        return [.. found];
    }

    private static double[] Scaled(ReadOnlySpan<double> expected, double total)
    {
        var scaled = expected.ToArray();
        var factor = total / Sum(expected);
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] *= factor;
        return scaled;
    }

    /// <summary>Expected counts when place and day are independent: the product of the margins over the total.</summary>
    private static double[] Independent(ReadOnlySpan<double> cases, ScanShape shape, double total)
    {
        var byRegion = new double[shape.Regions];
        var byDay = new double[shape.Days];
        for (var i = 0; i < cases.Length; i++)
        {
            byRegion[i / shape.Days] += cases[i];
            byDay[i % shape.Days] += cases[i];
        }

        var expected = new double[cases.Length];
        for (var i = 0; i < expected.Length; i++)
            expected[i] = byRegion[i / shape.Days] * byDay[i % shape.Days] / total;
        return expected;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    private static Problem? Check(
        IReadOnlyList<Region> regions, ReadOnlySpan<double> cases, ReadOnlySpan<double> expected, ScanOptions options)
    {
        if (regions.Count == 0 || cases.Length == 0 || cases.Length % regions.Count != 0)
            return Series.BadOption(nameof(cases), "the same number of days for each of at least one region");
        if (expected.Length != (options.Model == ScanModel.Poisson ? cases.Length : 0))
            return Series.BadOption(nameof(expected), "of the shape of the cases for the Poisson model, empty for the permutation model");
        if (options.MaximumDays < 1 || options.MaximumRegions < 1 || options.Clusters < 1 || options.Replicates < 0)
            return Series.BadOption("MaximumDays, MaximumRegions and Clusters", "at least 1, Replicates zero or more");
        if (options.MaximumShare is not (> 0 and <= 1) || !(options.MaximumRadius > 0))
            return Series.BadOption("MaximumShare and MaximumRadius", "above zero, the share at most 1");
        foreach (var region in regions)
        {
            if (!(Math.Abs(region.Latitude) <= 90) || !double.IsFinite(region.Longitude))
                return Series.BadOption(nameof(regions), "places on the globe");
        }

        foreach (var count in cases)
        {
            if (count is not (>= 0 and <= 1e7) || (count != Math.Floor(count)))
                return Series.BadOption(nameof(cases), "whole numbers, zero or more, without gaps");
        }

        foreach (var value in expected)
        {
            if (!(value >= 0) || double.IsInfinity(value))
                return Series.BadOption(nameof(expected), "zero or more");
        }

        return !expected.IsEmpty && Sum(expected) == 0 ? Series.BadOption(nameof(expected), "above zero somewhere") : null;
    }
}
