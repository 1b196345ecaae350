using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// How many cases of each recent day there will be once all are reported. The delay distribution is estimated from the
/// reporting triangle by reverse-time hazards, which are unbiased under truncation: Lawless (1994), Canadian Journal of
/// Statistics 22:15–31; Brookmeyer, Liao (1990), Biostatistics of AIDS. With Jeffreys' prior the cases still to come of a day
/// with n reports and reported share F are negative binomial with size n + 1/2 and mean (n + 1/2)(1 − F)/F.
/// </summary>
/// <param name="Totals">For each day, the expected final count and its interval; NaN where nothing can be known yet.</param>
/// <param name="Reported">For each delay d, the share of cases reported within d days.</param>
public sealed record Nowcast(Estimate[] Totals, double[] Reported)
{
    /// <summary>
    /// <paramref name="triangle"/>: days × delays, triangle[t × delays + d] = cases of day t reported d days later; entries not
    /// yet observable (t + d beyond the last day) are not read. Delays of the last <paramref name="window"/> days are used
    /// (zero: of all days). Every case is taken to be reported within the longest delay.
    /// </summary>
    public static Result<Nowcast> Estimate(ReadOnlySpan<double> triangle, int delays, int window)
    {
        if (delays < 1 || triangle.Length == 0 || triangle.Length % delays != 0)
            return Series.BadOption(nameof(triangle), "days × delays");
        if (window < 0)
            return Series.BadOption(nameof(window), "zero or more");
        var days = triangle.Length / delays;
        for (var t = 0; t < days; t++)
        {
            for (var d = 0; d < delays && t + d < days; d++)
            {
                if (!(triangle[(t * delays) + d] >= 0) || double.IsInfinity(triangle[(t * delays) + d]))
                    return Series.BadOption(nameof(triangle), "zero or more in every observable cell");
            }
        }

        var reported = Shares(triangle, delays, days, window == 0 ? 0 : Math.Max(0, days - window));
        var totals = new Estimate[days];
        for (var t = 0; t < days; t++)
        {
            double seen = 0;
            for (var d = 0; d < delays && t + d < days; d++)
                seen += triangle[(t * delays) + d];
            totals[t] = Total(seen, reported[Math.Min(delays - 1, days - 1 - t)]);
        }

        return new Nowcast(totals, reported);
    }

    /// <summary>F(d) = Π over longer delays j of 1 − g(j), g(j) = cases with delay j over those with delay at most j.</summary>
    private static double[] Shares(ReadOnlySpan<double> triangle, int delays, int days, int first)
    {
        var shares = new double[delays];
        shares[delays - 1] = 1;
        for (var j = delays - 1; j >= 1; j--)
        {
            double exactly = 0, atMost = 0;
            for (var t = first; t + j < days; t++)
            {
                exactly += triangle[(t * delays) + j];
                for (var d = 0; d <= j; d++)
                    atMost += triangle[(t * delays) + d];
            }

            shares[j - 1] = shares[j] * (atMost > 0 ? 1 - (exactly / atMost) : 1);
        }

        return shares;
    }

    private static Estimate Total(double seen, double share)
    {
        if (share >= 1)
            return new Estimate(seen, seen, seen);
        if (share <= 0)
            return new Estimate(double.NaN, seen, double.NaN);
        var size = seen + 0.5;
        var mean = size * (1 - share) / share;
        return new Estimate(
            seen + mean,
            seen + Distributions.NegativeBinomialQuantile(0.025, mean, size),
            seen + Distributions.NegativeBinomialQuantile(0.975, mean, size));
    }
}
