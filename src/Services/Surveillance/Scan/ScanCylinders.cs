using System.Numerics;

namespace Yunnao.Services.Surveillance.Scan;

/// <summary>
/// All cylinders of a scan and their expected counts. Recent counts are kept as floats, cumulated backwards from the last
/// day, padded to the vector width: cumulative[region × Stride + d − 1] is the count of the last d days. Growing a zone by
/// one region is then one vector addition for all durations.
/// </summary>
internal sealed class ScanCylinders
{
    private readonly Neighbours _neighbours;
    private readonly float[] _expected;
    private readonly int[] _sizes;
    private readonly double _total;
    private readonly int _days;
    private readonly float _minimum;

    private ScanCylinders(Neighbours neighbours, int days, double total, double minimum)
    {
        _neighbours = neighbours;
        _days = days;
        _total = total;
        _minimum = (float)minimum;
        Stride = (days + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _sizes = new int[neighbours.Start.Length - 1];
        _expected = new float[neighbours.Index.Length * Stride];
    }

    /// <summary>Floats per region in a table of recent counts.</summary>
    public int Stride { get; }

    /// <summary>
    /// Lays out the cylinders. <paramref name="baseline"/>: expected counts of the last d days for each region, as recent
    /// counts are; <paramref name="weights"/>: each region's share of all expected cases.
    /// </summary>
    public static ScanCylinders Build(
        Neighbours neighbours, ScanOptions options, double total, ReadOnlySpan<double> baseline, ReadOnlySpan<double> weights)
    {
        var cylinders = new ScanCylinders(neighbours, options.MaximumDays, total, options.MinimumCases);
        Span<double> sum = new double[options.MaximumDays];
        for (var centre = 0; centre < cylinders._sizes.Length; centre++)
        {
            sum.Clear();
            double share = 0;
            for (var at = neighbours.Start[centre]; at < neighbours.Start[centre + 1]; at++)
            {
                var region = neighbours.Index[at];
                share += weights[region];
                if (share > options.MaximumShare)
                    break;
                cylinders._sizes[centre]++;
                for (var d = 0; d < options.MaximumDays; d++)
                {
                    sum[d] += baseline[(region * options.MaximumDays) + d];
                    cylinders._expected[(at * cylinders.Stride) + d] = (float)sum[d];
                }
            }
        }

        return cylinders;
    }

    /// <summary>The largest statistic of any cylinder, at least zero.</summary>
    public double Largest(ReadOnlySpan<float> recent, Span<float> sum)
    {
        var best = 0.0;
        for (var centre = 0; centre < _sizes.Length; centre++)
            best = Math.Max(best, Best(centre, recent, sum, best).Statistic);
        return best;
    }

    /// <summary>
    /// The best cylinder around a centre among those above <paramref name="atLeast"/>. By log x ≤ x − 1 the statistic is at
    /// most (c − e)² C / (e (C − e)); logarithms are taken only where that bound passes the best so far.
    /// </summary>
    public (double Statistic, int Regions, int Days) Best(int centre, ReadOnlySpan<float> recent, Span<float> sum, double atLeast)
    {
        var best = (Statistic: atLeast, Regions: 0, Days: 0);
        sum.Clear();
        var width = Vector<float>.Count;
        var total = (float)_total;
        var scaled = (float)(atLeast / _total * 0.999);
        for (var k = 0; k < _sizes[centre]; k++)
        {
            var at = _neighbours.Start[centre] + k;
            var row = _neighbours.Index[at] * Stride;
            for (var lane = 0; lane < Stride; lane += width)
            {
                var cases = new Vector<float>(sum[lane..]) + new Vector<float>(recent[(row + lane)..]);
                cases.CopyTo(sum[lane..]);
                var expected = new Vector<float>(_expected.AsSpan((at * Stride) + lane));
                var excess = Vector.Max(cases - expected, Vector<float>.Zero);
                var bound = new Vector<float>(scaled) * expected * (new Vector<float>(total) - expected);
                if (!Vector.GreaterThanAny(excess * excess, bound))
                    continue;
                for (var d = lane; d < Math.Min(_days, lane + width); d++)
                {
                    if (sum[d] < _minimum)
                        continue;
                    var statistic = Statistic(sum[d], _expected[(at * Stride) + d]);
                    if (statistic <= best.Statistic)
                        continue;
                    best = (statistic, k + 1, d + 1);
                    scaled = (float)(statistic / _total * 0.999);
                }
            }
        }

        return best;
    }

    /// <summary>c log(c/e) + (C − c) log((C − c)/(C − e)) where c exceeds e, else zero.</summary>
    public double Statistic(double cases, double expected)
    {
        if (cases <= expected || expected <= 0)
            return 0;
        var rest = _total - cases;
        var inside = cases * Math.Log(cases / expected);
        return rest > 0 ? inside + (rest * Math.Log(rest / (_total - expected))) : inside;
    }

    /// <summary>Regions, radius and expected count of a cylinder.</summary>
    public (int[] Regions, double Radius, double Expected) Describe(int centre, int regions, int days)
    {
        var start = _neighbours.Start[centre];
        return (_neighbours.Index[start..(start + regions)], _neighbours.Distance[start + regions - 1],
            _expected[((start + regions - 1) * Stride) + days - 1]);
    }
}
