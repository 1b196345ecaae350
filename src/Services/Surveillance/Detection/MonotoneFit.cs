using System.Buffers;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>
/// The non-decreasing means that fit a growing run of counts best, as a stack of blocks (pool adjacent violators), with the
/// log-likelihood Σ y log μ kept up to date. Adding n counts costs O(n) in all. The columns are rented.
/// </summary>
internal sealed class MonotoneFit(int capacity)
{
    private readonly double[] _sum = ArrayPool<double>.Shared.Rent(capacity);
    private readonly int[] _size = ArrayPool<int>.Shared.Rent(capacity);
    private readonly double[] _logs = ArrayPool<double>.Shared.Rent(capacity);
    private int _blocks;

    /// <summary>Blocks from the first on whose log-likelihoods are known: they are worked out when they are asked for.</summary>
    private int _known;
    private double _total;

    /// <summary>Counts added.</summary>
    public int Count { get; private set; }

    /// <summary>Mean of all counts.</summary>
    public double Mean => _total / Count;

    /// <summary>Mean of the last block: the fitted mean now.</summary>
    public double LastMean => _sum[_blocks - 1] / _size[_blocks - 1];

    /// <summary>Gives the rented columns back; nothing of it may be used afterwards.</summary>
    public void GiveBack()
    {
        ArrayPool<double>.Shared.Return(_sum);
        ArrayPool<int>.Shared.Return(_size);
        ArrayPool<double>.Shared.Return(_logs);
    }

    public void Add(double y)
    {
        var keep = Pool(y, out var sum, out var size);
        _sum[keep] = sum;
        _size[keep] = size;
        _blocks = keep + 1;
        _known = Math.Min(_known, keep);
        _total += y;
        Count++;
    }

    /// <summary>Log-likelihood ratio, non-decreasing against constant means, if y came next; nothing is changed.</summary>
    public double LogRatioWith(double y)
    {
        var keep = Pool(y, out var sum, out var size);
        for (; _known < keep; _known++)
            _logs[_known] = (_known == 0 ? 0 : _logs[_known - 1]) + Term(_sum[_known], _size[_known]);
        var below = keep == 0 ? 0 : _logs[keep - 1];
        return Math.Max(0, below + Term(sum, size) - Term(_total + y, Count + 1));
    }

    /// <summary>Blocks that stay when y is added, and the block that it joins.</summary>
    private int Pool(double y, out double sum, out int size)
    {
        sum = y;
        size = 1;
        var keep = _blocks;
        while (keep > 0 && _sum[keep - 1] * size >= sum * _size[keep - 1])
        {
            keep--;
            sum += _sum[keep];
            size += _size[keep];
        }

        return keep;
    }

    /// <summary>Σ y log μ of one block; its largest-likelihood mean is its average.</summary>
    private static double Term(double sum, int size) => sum > 0 ? sum * Math.Log(sum / size) : 0;
}
