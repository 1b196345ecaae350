using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The case-fatality ratio while an epidemic runs: deaths over the cases whose outcome is known by now, not over all cases.
/// Nishiura, Klinkenberg, Roberts, Heesterbeek (2009), Early epidemiological assessment of the virulence of emerging
/// infectious diseases, PLoS ONE 4:e6852. Intervals are Wilson's (1927, JASA 22:209–212) with the known outcomes as number.
/// </summary>
/// <param name="Crude">Deaths over cases, too low while cases grow.</param>
/// <param name="Corrected">Deaths over cases with known outcome.</param>
/// <param name="KnownShare">Share of the cases whose outcome is known.</param>
public sealed record CaseFatality(Estimate Crude, Estimate Corrected, double KnownShare)
{
    /// <summary>
    /// <paramref name="cases"/> and <paramref name="deaths"/>: new ones by day, same length, no gaps; <paramref name="delay"/>: chance that
    /// a fatal case dies s days after its case date, s = 0, 1, …
    /// </summary>
    public static Result<CaseFatality> Estimate(ReadOnlySpan<double> cases, ReadOnlySpan<double> deaths, ReadOnlySpan<double> delay)
    {
        if (cases.Length != deaths.Length)
            return Series.BadOption(nameof(deaths), "as long as the cases");
        if ((Series.Check(cases, 0, cases.Length) ?? Series.Check(deaths, 0, deaths.Length)) is { } problem)
            return problem;
        double weight = 0;
        foreach (var share in delay)
        {
            if (!(share >= 0))
                return Series.BadOption(nameof(delay), "without negative or missing entries");
            weight += share;
        }

        if (!(Math.Abs(weight - 1) <= 1e-3))
            return Series.BadOption(nameof(delay), "a distribution that adds up to one");
        double total = 0, died = 0, known = 0;
        for (var day = 0; day < cases.Length; day++)
        {
            if (double.IsNaN(cases[day]) || double.IsNaN(deaths[day]))
                return new Problem(ProblemKind.Incorrect, "surveillance.gap", "Case fatality needs series without gaps.");
            double by = 0;
            for (var s = 0; s < Math.Min(delay.Length, cases.Length - day); s++)
                by += delay[s];
            total += cases[day];
            died += deaths[day];
            known += cases[day] * by;
        }

        if (total == 0 || known == 0)
            return new Problem(ProblemKind.Incorrect, "surveillance.too-few-cases", "No case has a known outcome yet.");
        return new CaseFatality(Wilson(died, total), Wilson(Math.Min(died, known), known), known / total);
    }

    private static Estimate Wilson(double hits, double number)
    {
        const double Z = 1.959963984540054;
        var share = Math.Min(1, hits / number);
        var centre = (share + (Z * Z / (2 * number))) / (1 + (Z * Z / number));
        var half = Z / (1 + (Z * Z / number)) * Math.Sqrt((share * (1 - share) / number) + (Z * Z / (4 * number * number)));
        return new Estimate(share, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
