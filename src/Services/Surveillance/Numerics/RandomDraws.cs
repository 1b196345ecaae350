using Yunnao.Kernel;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>Random draws for simulations, from one seeded stream: the same seed gives the same draws on every machine and version.</summary>
internal struct RandomDraws(ulong seed)
{
    private Xoshiro256 _bits = new(seed);

    public ulong Next() => _bits.Next();

    /// <summary>Uniform in the open interval (0, 1).</summary>
    public double NextDouble() => ((Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Uniform whole number in [0, <paramref name="below"/>).</summary>
    public int NextInt(int below) => _bits.NextInt(below);

    /// <summary>Standard normal, by the polar method (Marsaglia, Bray 1964).</summary>
    public double Normal()
    {
        while (true)
        {
            var u = (2 * NextDouble()) - 1;
            var v = (2 * NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1)
                return u * Math.Sqrt(-2 * Math.Log(s) / s);
        }
    }

    /// <summary>Gamma of scale one (Marsaglia, Tsang 2000, ACM Transactions on Mathematical Software 26:363–372).</summary>
    public double Gamma(double shape)
    {
        if (shape < 1)
            return Gamma(shape + 1) * Math.Pow(NextDouble(), 1 / shape);
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal();
            var root = 1 + (c * x);
            if (root <= 0)
                continue;
            var v = root * root * root;
            if (Math.Log(NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }

    /// <summary>Poisson, by inversion of products below mean 10 and by a gamma split above (Ahrens, Dieter 1974).</summary>
    public int Poisson(double mean)
    {
        var count = 0;
        while (mean > 10)
        {
            var half = (int)Math.Floor(mean * 7 / 8);
            var wait = Gamma(half);
            if (wait > mean)
                return count + Binomial(half - 1, mean / wait);
            count += half;
            mean -= wait;
        }

        var limit = Math.Exp(-mean);
        for (var product = NextDouble(); product > limit; product *= NextDouble())
            count++;
        return count;
    }

    private int Binomial(int n, double p)
    {
        var hits = 0;
        for (var i = 0; i < n; i++)
        {
            if (NextDouble() < p)
                hits++;
        }

        return hits;
    }
}
