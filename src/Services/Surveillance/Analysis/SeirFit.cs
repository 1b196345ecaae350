using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The SEIR model fitted to daily new cases by maximum likelihood of negative binomial counts. Kermack, McKendrick (1927),
/// Proceedings of the Royal Society A 115:700–721; Anderson, May (1991), Infectious Diseases of Humans. The equations are
/// integrated by the classical Runge–Kutta method; a day's cases are the people who became infectious in it, times the
/// reported share. Intervals are from the curvature of the likelihood on the log scale.
/// </summary>
/// <param name="ReproductionNumber">R0.</param>
/// <param name="InitiallyInfectious">Infectious people at the start of day 0.</param>
/// <param name="Dispersion">Size of the negative binomial law (small: irregular counts; tens of thousands: Poisson).</param>
/// <param name="Expected">Fitted daily cases, then those of the days ahead.</param>
/// <param name="LogLikelihood">Largest log-likelihood, without the terms that only the counts enter.</param>
public sealed record SeirFit(
    Estimate ReproductionNumber, Estimate InitiallyInfectious, Estimate Dispersion, double[] Expected, double LogLikelihood)
{
    /// <summary>
    /// Fits <paramref name="counts"/> (daily new cases, gaps NaN) and projects <paramref name="ahead"/> more days.
    /// </summary>
    public static Result<SeirFit> Fit(ReadOnlySpan<double> counts, SeirOptions options, int ahead)
    {
        if (Check(counts, options, ahead) is { } problem)
            return problem;
        var observed = counts.ToArray();
        var curve = new double[observed.Length];
        var start = Start(observed, options);
        var best = NelderMead.Minimise(Objective, start, 0.4);
        // Mean and size of a negative binomial law are orthogonal: the size is held while the curve's covariance is taken, so
        // counts no more spread than Poisson ones, whose size has no maximum, still give intervals.
        var covariance = NelderMead.Covariance(logs => Objective([logs[0], logs[1], best[2]]), best[..2], 1e-3);
        var spread = NelderMead.Covariance(logs => Objective([best[0], best[1], logs[0]]), best[2..], 1e-3);
        var expected = new double[observed.Length + ahead];
        Simulate(Math.Exp(best[0]), Math.Exp(best[1]), options, expected);
        return new SeirFit(
            Estimate.FromLog(best[0], covariance?[0, 0] ?? double.NaN),
            Estimate.FromLog(best[1], covariance?[1, 1] ?? double.NaN),
            Estimate.FromLog(best[2], spread?[0, 0] ?? double.NaN),
            expected,
            -Objective(best));

        double Objective(double[] logs)
        {
            if (logs[1] > Math.Log(options.Population) || logs[0] is > 4.6 or < -4.6 || logs[2] is > 12 or < -8)
                return double.PositiveInfinity;
            Simulate(Math.Exp(logs[0]), Math.Exp(logs[1]), options, curve);
            return NegativeLogLikelihood(observed, curve, Math.Exp(logs[2]));
        }
    }

    /// <summary>Writes the expected reported cases of each day for given R0 and initially infectious people.</summary>
    public static void Simulate(double reproduction, double infectious, SeirOptions options, Span<double> cases)
    {
        var rates = new Rates(reproduction / options.InfectiousDays, 1 / options.LatentDays, 1 / options.InfectiousDays, options.Population);
        var state = new State(options.Population - infectious, 0, infectious);
        var h = 1.0 / options.StepsPerDay;
        for (var day = 0; day < cases.Length; day++)
        {
            var before = state.EverInfectious;
            for (var step = 0; step < options.StepsPerDay; step++)
                state = RungeKutta(state, rates, h);
            cases[day] = Math.Max(0, (state.EverInfectious - before) * options.Reported);
        }
    }

    private static State RungeKutta(State s, Rates rates, double h)
    {
        var a = rates.Slope(s);
        var b = rates.Slope(s.Moved(a, h / 2));
        var c = rates.Slope(s.Moved(b, h / 2));
        var d = rates.Slope(s.Moved(c, h));
        return s.Moved(a, h / 6).Moved(b, h / 3).Moved(c, h / 3).Moved(d, h / 6);
    }

    /// <summary>Growth of the first half gives a start for R0; the level of the first days one for the infectious.</summary>
    private static double[] Start(double[] observed, SeirOptions options)
    {
        var growth = GrowthRate.Fit(observed.AsSpan(0, Math.Max(3, observed.Length / 2)));
        var rate = growth.Ok ? Math.Clamp(growth.Value.Rate.Value, -0.3, 0.5) : 0.05;
        var r0 = Math.Max(0.2, (1 + (rate * options.LatentDays)) * (1 + (rate * options.InfectiousDays)));
        var (mean, _, _) = Series.Moments(observed.AsSpan(0, Math.Min(5, observed.Length)));
        var level = Math.Max(1, (double.IsNaN(mean) ? 1 : mean) / options.Reported * options.InfectiousDays);
        return [Math.Log(r0), Math.Log(Math.Min(level, options.Population / 10)), Math.Log(10)];
    }

    private static double NegativeLogLikelihood(double[] observed, double[] mean, double size)
    {
        double sum = 0;
        for (var day = 0; day < observed.Length; day++)
        {
            var y = observed[day];
            if (double.IsNaN(y))
                continue;
            var mu = Math.Max(mean[day], 1e-10);
            sum -= LogRise(y, size) + (y * Math.Log(mu / (mu + size))) - (size * Math.Log(1 + (mu / size)));
        }

        return sum;
    }

    /// <summary>log Γ(y + θ) − log Γ(θ).</summary>
    private static double LogRise(double y, double size) =>
        MathNet.Numerics.SpecialFunctions.GammaLn(y + size) - MathNet.Numerics.SpecialFunctions.GammaLn(size);

    private static Problem? Check(ReadOnlySpan<double> counts, SeirOptions options, int ahead)
    {
        if (!(options.Population >= 1) || !(options.LatentDays > 0) || !(options.InfectiousDays > 0))
            return Series.BadOption("Population, LatentDays and InfectiousDays", "above zero");
        if (options.Reported is not (> 0 and <= 1) || options.StepsPerDay < 1 || ahead < 0)
            return Series.BadOption("Reported, StepsPerDay and days ahead", "a share, at least 1, zero or more");
        if (Series.Check(counts, 0, counts.Length) is { } problem)
            return problem;
        var (mean, _, present) = Series.Moments(counts);
        return present < 5 || mean == 0
            ? new Problem(ProblemKind.Incorrect, "surveillance.too-few-cases", "An SEIR fit needs five days or more, with cases.")
            : null;
    }

    /// <summary>Susceptible, exposed and ever-infectious people and those infectious now.</summary>
    private readonly record struct State(double Susceptible, double Exposed, double Infectious, double EverInfectious = 0)
    {
        public State Moved(State slope, double h) => new(
            Susceptible + (h * slope.Susceptible),
            Exposed + (h * slope.Exposed),
            Infectious + (h * slope.Infectious),
            EverInfectious + (h * slope.EverInfectious));
    }

    private readonly record struct Rates(double Contact, double Onset, double Recovery, double Population)
    {
        public State Slope(State s)
        {
            var infections = Contact * s.Susceptible * s.Infectious / Population;
            var onsets = Onset * s.Exposed;
            return new State(-infections, infections - onsets, onsets - (Recovery * s.Infectious), onsets);
        }
    }
}
