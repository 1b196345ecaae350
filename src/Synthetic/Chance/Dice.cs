using System.Runtime.CompilerServices;
using Yunnao.Kernel;

namespace Yunnao.Synthetic.Chance;

/// <summary>
/// A seeded stream of random numbers (xoshiro256++, seeded by SplitMix64). The same keys give the same stream on every machine,
/// so each resident has a stream of their own and the order in which residents are made does not matter.
/// </summary>
internal sealed class Dice
{
    private Xoshiro256 _bits;
    private double _spare;
    private bool _hasSpare;

    public Dice(ulong seed, ulong key = 0, ulong purpose = 0) => Reseed(seed, key, purpose);

    /// <summary>Starts the stream named by the three keys.</summary>
    public void Reseed(ulong seed, ulong key, ulong purpose)
    {
        var state = Mix(seed) ^ Mix(key + 0x9E3779B97F4A7C15) * 3 ^ Mix(purpose + 0xD1B54A32D192ED03) * 5;
        _bits = new(state);
        _hasSpare = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Bits() => _bits.Next();

    /// <summary>Uniform in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Unit() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="below"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int below) => _bits.NextInt(below);

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="to"/>], both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public double Between(double from, double to) => from + (to - from) * Unit();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double Normal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        double u, v, s;
        do
        {
            u = 2 * Unit() - 1;
            v = 2 * Unit() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        var factor = Math.Sqrt(-2 * Math.Log(s) / s);
        _spare = v * factor;
        _hasSpare = true;
        return u * factor;
    }

    /// <summary>Normal, clipped to ± <paramref name="limit"/> standard deviations.</summary>
    public double Normal(double mean, double sd, double limit = 3) => mean + sd * Math.Clamp(Normal(), -limit, limit);

    /// <summary>Number of events where <paramref name="mean"/> are expected (Knuth's method; means here are small).</summary>
    public int Poisson(double mean)
    {
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = Unit(); product > limit; product *= Unit()) count++;
        return count;
    }

    /// <summary>Waiting time with the given mean.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - Unit());

    /// <summary>A hash of a number, for choices that must be the same wherever they are asked for.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        return Xoshiro256.SplitMix64(ref value);
    }
}
