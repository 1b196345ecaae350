using System.Numerics;
using System.Security.Cryptography;

namespace Yunnao.Trust.Differential;

/// <summary>
/// Exact samples of discrete noise from the system's secure source, in whole numbers only, so that no rounding of floating-point numbers
/// leaks what the noise hides (Mironov 2012). Algorithms 1 to 3 of Canonne, Kamath, Steinke, The discrete Gaussian for differential
/// privacy, NeurIPS 2020.
/// </summary>
public static class SecureDice
{
    /// <summary>
    /// Discrete Laplace (two-sided geometric) noise: P(x) ∝ exp(−|x|·<paramref name="numerator"/>/<paramref name="denominator"/>). With ε as the
    /// fraction and sensitivity 1, adding it gives ε-differential privacy.
    /// </summary>
    public static BigInteger Laplace(BigInteger numerator, BigInteger denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator, BigInteger.One);
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, BigInteger.One);
        while (true)
        {
            var u = Below(denominator);
            if (!BernoulliExp(u, denominator)) continue;
            BigInteger v = 0;
            while (BernoulliExp(1, 1)) v++;
            var y = (u + denominator * v) / numerator;
            var negative = Below(2) == 1;
            if (negative && y.IsZero) continue;
            return negative ? -y : y;
        }
    }

    /// <summary>Discrete Gaussian noise of variance parameter σ² = <paramref name="numerator"/>/<paramref name="denominator"/>: P(x) ∝ exp(−x²/2σ²).</summary>
    public static BigInteger Gaussian(BigInteger numerator, BigInteger denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numerator, BigInteger.One);
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, BigInteger.One);
        var t = Root(numerator / denominator) + 1;
        while (true)
        {
            var y = Laplace(1, t);

            // Accepted with exp(−(|y| − σ²/t)² / 2σ²), the exponent as one fraction.
            var difference = BigInteger.Abs(y) * t * denominator - numerator;
            if (BernoulliExp(difference * difference, 2 * numerator * t * t * denominator)) return y;
        }
    }

    /// <summary>True with probability exp(−γ), γ = numerator/denominator ≥ 0.</summary>
    private static bool BernoulliExp(BigInteger numerator, BigInteger denominator)
    {
        while (numerator > denominator)
        {
            if (!BernoulliExpSmall(1, 1)) return false;
            numerator -= denominator;
        }

        return BernoulliExpSmall(numerator, denominator);
    }

    private static bool BernoulliExpSmall(BigInteger numerator, BigInteger denominator)
    {
        BigInteger k = 1;
        while (Below(denominator * k) < numerator) k++;
        return !k.IsEven;
    }

    /// <summary>Uniform in [0, <paramref name="below"/>), by rejection.</summary>
    private static BigInteger Below(BigInteger below)
    {
        if (below <= long.MaxValue)
        {
            var most = (ulong)below;
            var limit = ulong.MaxValue - (ulong.MaxValue % most + 1) % most;
            Span<byte> eight = stackalloc byte[8];
            while (true)
            {
                RandomNumberGenerator.Fill(eight);
                var value = BitConverter.ToUInt64(eight);
                if (value <= limit) return value % most;
            }
        }

        var length = below.GetByteCount(isUnsigned: true);
        var bytes = new byte[length];
        var bits = (int)below.GetBitLength();
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            if (bits % 8 != 0) bytes[^1] &= (byte)((1 << (bits % 8)) - 1);
            var value = new BigInteger(bytes, isUnsigned: true);
            if (value < below) return value;
        }
    }

    private static BigInteger Root(BigInteger value)
    {
        if (value < 2) return value;
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        for (var next = (root + value / root) >> 1; next < root; next = (root + value / root) >> 1) root = next;
        return root;
    }
}
