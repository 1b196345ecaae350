using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// A gamma serial interval whose mean and standard deviation are themselves uncertain: each follows a normal law cut to a
/// range (days), and a standard deviation above its mean is drawn again (Cori et al. 2013, web appendix).
/// </summary>
public sealed record UncertainSerialInterval
{
    public required double Mean { get; init; }

    public required double MeanSd { get; init; }

    public required double MeanLow { get; init; }

    public required double MeanHigh { get; init; }

    public required double Sd { get; init; }

    public required double SdSd { get; init; }

    public required double SdLow { get; init; }

    public required double SdHigh { get; init; }

    /// <summary>Serial intervals drawn.</summary>
    public int Intervals { get; init; } = 100;

    /// <summary>Values of R drawn from the posterior of each serial interval.</summary>
    public int DrawsEach { get; init; } = 100;

    /// <summary>Seed of the draws: the same seed gives the same result on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    internal Problem? Check()
    {
        if (!(MeanLow > 1 && Mean >= MeanLow && Mean <= MeanHigh && MeanSd > 0))
            return Series.BadOption(nameof(Mean), "inside its range, which starts above one day");
        if (!(SdLow > 0 && Sd >= SdLow && Sd <= SdHigh && SdSd > 0 && SdLow < MeanLow))
            return Series.BadOption(nameof(Sd), "inside its range, which starts above zero and below that of the mean");
        return Intervals < 1 || DrawsEach < 1 ? Series.BadOption(nameof(Intervals), "at least 1") : null;
    }

    internal (double Mean, double Sd) Draw(ref RandomDraws random)
    {
        var mean = Truncated(ref random, Mean, MeanSd, MeanLow, MeanHigh);
        while (true)
        {
            var sd = Truncated(ref random, Sd, SdSd, SdLow, SdHigh);
            if (sd <= mean)
                return (mean, sd);
        }
    }

    /// <summary>A normal law cut to a range, by inversion: one draw, however far out the range lies.</summary>
    private static double Truncated(ref RandomDraws random, double mean, double sd, double low, double high)
    {
        var from = Distributions.NormalCdf((low - mean) / sd);
        var to = Distributions.NormalCdf((high - mean) / sd);
        var x = mean + (sd * Distributions.NormalQuantile(from + ((to - from) * random.NextDouble())));
        return Math.Clamp(x, low, high);
    }
}
