using Xunit;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;
using Yunnao.Services.Surveillance.Scan;

namespace Yunnao.Tests.Unit.Surveillance;

public sealed class SpaceTimeScanTests
{
    private const int Side = 8;
    private const int Days = 30;

    [Theory]
    [InlineData(ScanModel.Poisson)]
    [InlineData(ScanModel.Permutation)]
    public void The_likeliest_cluster_is_that_of_a_search_of_all_cylinders(ScanModel model)
    {
        var cases = Grid(1, outbreak: true);
        var expected = Expected(cases, model);
        var options = new ScanOptions { Model = model, Replicates = 0, MaximumDays = 10, MaximumRegions = 12 };
        var found = Scan(Regions(), cases, model == ScanModel.Poisson ? expected : [], options).Value[0];
        var best = BruteForce(cases, expected, options);
        Assert.Equal(best, found.LogLikelihoodRatio, 3);
    }

    [Theory]
    [InlineData(ScanModel.Poisson)]
    [InlineData(ScanModel.Permutation)]
    public void A_planted_outbreak_is_found_where_and_when_it_is(ScanModel model)
    {
        var cases = Grid(2, outbreak: true);
        var expected = model == ScanModel.Poisson ? Expected(cases, model) : [];
        var cluster = Scan(Regions(), cases, expected, new() { Model = model, Replicates = 199 }).Value[0];
        Assert.Contains(27, cluster.Regions);
        Assert.InRange(cluster.Days, 3, 7);
        Assert.Equal(0.005, cluster.PValue, 6);
        Assert.True(cluster.GumbelPValue < 0.001);
        Assert.True(cluster.RelativeRisk > 2);
    }

    [Theory]
    [InlineData(ScanModel.Poisson)]
    [InlineData(ScanModel.Permutation)]
    public void Without_an_outbreak_p_values_are_spread_evenly(ScanModel model)
    {
        int low = 0, gumbelLow = 0;
        const int Runs = 100;
        for (var run = 0; run < Runs; run++)
        {
            var cases = Grid(100 + (ulong)run, outbreak: false);
            var expected = new double[cases.Length];
            Array.Fill(expected, 1);
            var found = Scan(
                Regions(), cases, model == ScanModel.Poisson ? expected : [], new() { Model = model, Replicates = 59, Clusters = 1 }).Value;
            low += found[0].PValue <= 0.2 ? 1 : 0;
            gumbelLow += found[0].GumbelPValue <= 0.2 ? 1 : 0;
        }

        Assert.InRange(low, 9, 33);
        Assert.InRange(gumbelLow, 9, 33);
    }

    [Fact]
    public void Reported_clusters_share_no_region()
    {
        var cases = Grid(3, outbreak: true);
        var found = Scan(Regions(), cases, [], new() { Model = ScanModel.Permutation, Replicates = 0 }).Value;
        var regions = found.SelectMany(cluster => cluster.Regions).ToList();
        Assert.Equal(regions.Distinct().Count(), regions.Count);
        Assert.True(found.Length > 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_p_values()
    {
        var cases = Grid(4, outbreak: false);
        var options = new ScanOptions { Model = ScanModel.Permutation, Replicates = 99 };
        Assert.Equal(
            Scan(Regions(), cases, [], options).Value.Select(cluster => cluster.GumbelPValue),
            Scan(Regions(), cases, [], options).Value.Select(cluster => cluster.GumbelPValue));
    }

    [Fact]
    public void No_cases_give_no_clusters_and_one_region_one_day_no_exception()
    {
        Assert.Empty(Scan(Regions(), new double[Side * Side * Days], [], new() { Model = ScanModel.Permutation }).Value);
        Assert.Empty(Scan([new(116, 40)], [7], [], new() { Model = ScanModel.Permutation }).Value);
        Assert.Empty(Scan([new(116, 40)], [7], [7], new() { Replicates = 9 }).Value);
    }

    [Fact]
    public void Bad_tables_are_refused()
    {
        var permutation = new ScanOptions { Model = ScanModel.Permutation };
        Assert.Equal("surveillance.bad-option", Scan([], [], [], permutation).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Scan([new(0, 0), new(1, 1)], [1, 2, 3], [], permutation).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Scan([new(0, 0)], [-1], [], permutation).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Scan([new(0, 0)], [double.NaN], [], permutation).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Scan([new(0, 95)], [1], [], permutation).Problem?.Code);
        Assert.Equal("surveillance.bad-option", Scan([new(0, 0)], [1], [], new()).Problem?.Code);
    }

    [Fact]
    public void A_cancelled_scan_says_so()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var result = SpaceTimeScan.Run(Regions(), Grid(5, outbreak: true), [], new() { Model = ScanModel.Permutation }, source.Token);
        Assert.Equal("surveillance.scan-cancelled", result.Problem?.Code);
    }

    private static Result<Cluster[]> Scan(Region[] regions, double[] cases, double[] expected, ScanOptions options) =>
        SpaceTimeScan.Run(regions, cases, expected, options, TestContext.Current.CancellationToken);

    private static Region[] Regions() =>
        [.. Enumerable.Range(0, Side * Side).Select(i => new Region(110 + (0.1 * (i % Side)) + (0.001 * i), 30 + (0.1 * (i / Side))))];

    private static double[] Grid(ulong seed, bool outbreak)
    {
        var random = new RandomDraws(seed);
        var cases = new double[Side * Side * Days];
        for (var cell = 0; cell < cases.Length; cell++)
        {
            var (region, day) = (cell / Days, cell % Days);
            var inside = outbreak && region is (26 or 27 or 28 or 19 or 35) && day >= Days - 5;
            cases[cell] = random.Poisson(inside ? 4 : 1);
        }

        return cases;
    }

    private static double[] Expected(double[] cases, ScanModel model)
    {
        var total = cases.Sum();
        var expected = new double[cases.Length];
        for (var cell = 0; cell < cases.Length; cell++)
        {
            var row = cases.Where((_, i) => i / Days == cell / Days).Sum();
            var column = cases.Where((_, i) => i % Days == cell % Days).Sum();
            expected[cell] = model == ScanModel.Poisson ? total / cases.Length : row * column / total;
        }

        return expected;
    }

    private static double BruteForce(double[] cases, double[] expected, ScanOptions options)
    {
        var regions = Regions();
        var total = cases.Sum();
        var best = 0.0;
        for (var centre = 0; centre < regions.Length; centre++)
        {
            var near = Enumerable.Range(0, regions.Length).OrderBy(other => Distance(regions[centre], regions[other])).ToArray();
            for (var size = 1; size <= options.MaximumRegions; size++)
            {
                for (var days = 1; days <= options.MaximumDays; days++)
                {
                    double c = 0, e = 0;
                    foreach (var region in near[..size])
                    {
                        for (var day = Days - days; day < Days; day++)
                        {
                            c += cases[(region * Days) + day];
                            e += expected[(region * Days) + day];
                        }
                    }

                    if (c > e && c >= options.MinimumCases)
                        best = Math.Max(best, (c * Math.Log(c / e)) + ((total - c) * Math.Log((total - c) / (total - e))));
                }
            }
        }

        return best;
    }

    private static double Distance(Region a, Region b)
    {
        var (latA, latB) = (a.Latitude * Math.PI / 180, b.Latitude * Math.PI / 180);
        var half = (b.Longitude - a.Longitude) * Math.PI / 360;
        var h = Math.Pow(Math.Sin((latB - latA) / 2), 2) + (Math.Cos(latA) * Math.Cos(latB) * Math.Pow(Math.Sin(half), 2));
        return Math.Asin(Math.Sqrt(h));
    }
}
