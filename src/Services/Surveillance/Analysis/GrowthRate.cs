using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// Exponential growth of an epidemic, by quasi-Poisson regression of daily counts on time.
/// </summary>
/// <param name="Rate">Growth per day; negative when the epidemic shrinks.</param>
/// <param name="Dispersion">Variance over the Poisson one, at least one; it widens the interval.</param>
public sealed record GrowthRate(Estimate Rate, double Dispersion)
{
    /// <summary>Days in which cases double: ln 2 / r; negative is the halving time. An end where r passes zero is infinite.</summary>
    public Estimate DoublingTime
    {
        get
        {
            if (Rate.Lower > 0 || Rate.Upper < 0)
                return Rate.Through(static r => Math.Log(2) / r);
            // The interval of r holds zero: the doubling time has only a lower end, the halving time only an upper one.
            return new Estimate(Math.Log(2) / Rate.Value, Math.Log(2) / Rate.Upper, double.PositiveInfinity);
        }
    }

    /// <summary>
    /// Fits the counts (one a day, gaps NaN; at least three present, one of them above zero).
    /// </summary>
    public static Result<GrowthRate> Fit(ReadOnlySpan<double> counts)
    {
        if (Series.Check(counts, 0, counts.Length) is { } problem)
            return problem;
        var fit = new LogLinearFit(counts.Length, levels: 1, slopes: 1) { Slopes = 1 };
        double cases = 0;
        for (var t = 0; t < counts.Length; t++)
        {
            if (double.IsNaN(counts[t]))
                continue;
            fit.Add(counts[t], 0, [t - (counts.Length / 2.0)]);
            cases += counts[t];
        }

        if (cases == 0 || !fit.Fit() || double.IsNaN(fit.Slope(0)))
        {
            return new Problem(ProblemKind.Incorrect, "surveillance.too-few-cases",
                "A growth rate needs cases on at least one of three or more days.");
        }

        var dispersion = Math.Max(1, fit.Dispersion);
        var half = 1.959963984540054 * Math.Sqrt(dispersion * fit.SlopeVariance(0));
        var rate = fit.Slope(0);
        return new GrowthRate(new Estimate(rate, rate - half, rate + half), dispersion);
    }

    /// <summary>
    /// The reproduction number that this growth means for a gamma generation interval (days): (1 + r σ²/μ)^(μ²/σ²).
    /// Wallinga, Lipsitch (2007), Proceedings of the Royal Society B 274:599–604. Zero where the interval cannot shrink so fast.
    /// </summary>
    public Estimate Reproduction(double mean, double sd)
    {
        var scale = sd * sd / mean;
        return Rate.Through(r => Math.Pow(Math.Max(0, 1 + (r * scale)), mean / scale));
    }
}
