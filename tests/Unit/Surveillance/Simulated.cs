using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Tests.Unit.Surveillance;

/// <summary>Made-up series; the same seed gives the same series.</summary>
internal static class Simulated
{
    /// <summary>Seasonal weekly Poisson counts around a mean.</summary>
    public static double[] Weeks(int length, double mean, ulong seed)
    {
        var random = new RandomDraws(seed);
        var counts = new double[length];
        for (var t = 0; t < length; t++)
            counts[t] = random.Poisson(mean * (1 + (0.5 * Math.Sin(2 * Math.PI * t / 52))));
        return counts;
    }
}
