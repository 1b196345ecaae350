using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Scan;

/// <summary>
/// Random data sets without clusters. Poisson: each case falls into a cell (region, day) with the cell's share, drawn by
/// Walker's alias method in constant time; only cells of recent days are kept. Permutation: the days of all cases are shuffled.
/// </summary>
internal sealed class ScanSimulation
{
    private readonly ScanShape _shape;
    private readonly int _cases;
    private readonly int[]? _places;
    private readonly int[]? _dates;
    private readonly double[] _keep;
    private readonly int[] _alias;

    private ScanSimulation(ScanShape shape, int cases, int[]? places, int[]? dates, double[] keep, int[] alias)
    {
        _shape = shape;
        _cases = cases;
        _places = places;
        _dates = dates;
        _keep = keep;
        _alias = alias;
    }

    public static ScanSimulation Permutation(ReadOnlySpan<double> cases, ScanShape shape)
    {
        var places = new List<int>();
        var dates = new List<int>();
        for (var cell = 0; cell < cases.Length; cell++)
        {
            for (var n = 0; n < cases[cell]; n++)
            {
                places.Add(cell / shape.Days);
                dates.Add(cell % shape.Days);
            }
        }

        return new ScanSimulation(shape, places.Count, [.. places], [.. dates], [], []);
    }

    public static ScanSimulation Poisson(ReadOnlySpan<double> expected, double total, ScanShape shape)
    {
        var (keep, alias) = Alias(expected, total);
        return new ScanSimulation(shape, (int)total, null, null, keep, alias);
    }

    /// <summary>The largest statistic of each replicate, on all processors; replicate i always has the same random numbers.</summary>
    public double[] Maxima(ScanCylinders cylinders, ScanOptions options, CancellationToken cancel)
    {
        var maxima = new double[options.Replicates];
        Parallel.For(
            0,
            options.Replicates,
            () => new Workspace(_shape.Regions * cylinders.Stride, cylinders.Stride, _dates?.Length ?? 0),
            (replicate, state, workspace) =>
            {
                if (cancel.IsCancellationRequested)
                {
                    state.Stop();
                    return workspace;
                }

                var random = new RandomDraws(options.Seed + (0x9E3779B97F4A7C15 * ((ulong)replicate + 1)));
                Draw(ref random, cylinders.Stride, workspace);
                maxima[replicate] = cylinders.Largest(workspace.Recent, workspace.Sum);
                return workspace;
            },
            static _ => { });
        return maxima;
    }

    private void Draw(ref RandomDraws random, int stride, Workspace workspace)
    {
        var recent = workspace.Recent;
        Array.Clear(recent);
        if (_dates is not null)
            Shuffle(ref random, stride, workspace);
        else
            Scatter(ref random, stride, recent);
        for (var row = 0; row < recent.Length; row += stride)
        {
            for (var d = 1; d < _shape.Longest; d++)
                recent[row + d] += recent[row + d - 1];
        }
    }

    private void Scatter(ref RandomDraws random, int stride, float[] recent)
    {
        for (var n = 0; n < _cases; n++)
        {
            var cell = random.NextInt(_keep.Length);
            if (random.NextDouble() >= _keep[cell])
                cell = _alias[cell];
            Count(cell / _shape.Days, cell % _shape.Days, stride, recent);
        }
    }

    /// <summary>Fisher–Yates over the dates.</summary>
    private void Shuffle(ref RandomDraws random, int stride, Workspace workspace)
    {
        var dates = workspace.Dates;
        _dates!.CopyTo(dates, 0);
        for (var n = dates.Length - 1; n >= 0; n--)
        {
            var other = random.NextInt(n + 1);
            (dates[n], dates[other]) = (dates[other], dates[n]);
            Count(_places![n], dates[n], stride, workspace.Recent);
        }
    }

    private void Count(int region, int day, int stride, float[] recent)
    {
        var back = _shape.Days - 1 - day;
        if (back < _shape.Longest)
            recent[(region * stride) + back]++;
    }

    /// <summary>Vose (1991): every cell keeps a share of its own and gives the rest to one alias.</summary>
    private static (double[] Keep, int[] Alias) Alias(ReadOnlySpan<double> expected, double total)
    {
        var n = expected.Length;
        var keep = new double[n];
        var alias = new int[n];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < n; i++)
        {
            keep[i] = expected[i] * n / total;
            alias[i] = i;
            (keep[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var less = small.Pop();
            var more = large.Pop();
            alias[less] = more;
            keep[more] -= 1 - keep[less];
            (keep[more] < 1 ? small : large).Push(more);
        }

        // What is left over is full up to rounding; an empty cell is never left over unless all are.
        foreach (var i in large)
            keep[i] = 1;
        foreach (var i in small)
            keep[i] = expected[i] > 0 ? 1 : keep[i];
        return (keep, alias);
    }

    private sealed class Workspace(int recent, int stride, int dates)
    {
        public float[] Recent { get; } = new float[recent];

        public float[] Sum { get; } = new float[stride];

        public int[] Dates { get; } = new int[dates];
    }
}
