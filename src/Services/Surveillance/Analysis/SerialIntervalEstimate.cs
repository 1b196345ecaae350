using MathNet.Numerics;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The gamma law of the time between the onsets of infector and infected, by maximum likelihood from pairs whose onsets are
/// known to a window only. Reich, Lessler, Cummings, Brookmeyer (2009), Estimating incubation period distributions with coarse
/// data, Statistics in Medicine 28:2769–2784: the infector's onset is uniform in its window, and is integrated out exactly.
/// </summary>
/// <param name="Mean">Mean, days.</param>
/// <param name="Sd">Standard deviation, days.</param>
/// <param name="LogLikelihood">Largest log-likelihood.</param>
public sealed record SerialIntervalEstimate(Estimate Mean, Estimate Sd, double LogLikelihood)
{
    /// <summary>Fits at least three pairs, each of which must allow a positive interval.</summary>
    public static Result<SerialIntervalEstimate> Fit(IReadOnlyList<OnsetPair> pairs)
    {
        if (pairs.Count < 3)
            return new Problem(ProblemKind.Incorrect, "surveillance.too-few-cases", "A serial interval needs at least three pairs.");
        double sum = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            if (!(pair.InfectorTo > pair.InfectorFrom && pair.To > pair.From && pair.To > pair.InfectorFrom)
                || !double.IsFinite(pair.InfectorTo - pair.InfectorFrom + pair.To - pair.From))
            {
                return new Problem(ProblemKind.Incorrect, "surveillance.bad-pair",
                    $"Pair {i} has an empty window, or its infected fell ill before its infector.");
            }

            sum += Math.Max(0.5, (pair.From + pair.To - pair.InfectorFrom - pair.InfectorTo) / 2);
        }

        var mean = sum / pairs.Count;
        var best = NelderMead.Minimise(Objective, [Math.Log(mean), Math.Log(mean / 2)], 0.3);
        var covariance = NelderMead.Covariance(Objective, best, 1e-3);
        return new SerialIntervalEstimate(
            Estimate.FromLog(best[0], covariance?[0, 0] ?? double.NaN),
            Estimate.FromLog(best[1], covariance?[1, 1] ?? double.NaN),
            -Objective(best));

        double Objective(double[] logs) => NegativeLogLikelihood(pairs, Math.Exp(logs[0]), Math.Exp(logs[1]));
    }

    private static double NegativeLogLikelihood(IReadOnlyList<OnsetPair> pairs, double mean, double sd)
    {
        var shape = mean / sd * (mean / sd);
        var scale = sd * sd / mean;
        if (shape is not (> 1e-3 and < 1e5))
            return double.PositiveInfinity;
        double sum = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            // ∫ over the infector's window of F(To − e) − F(From − e), by G, the integral of F.
            var chance = G(pair.To - pair.InfectorFrom) - G(pair.To - pair.InfectorTo)
                - G(pair.From - pair.InfectorFrom) + G(pair.From - pair.InfectorTo);
            if (!(chance > 0))
                return double.PositiveInfinity;
            sum -= Math.Log(chance / (pair.InfectorTo - pair.InfectorFrom));
        }

        return sum;

        double G(double x) => x <= 0
            ? 0
            : (x * SpecialFunctions.GammaLowerRegularized(shape, x / scale))
                - (shape * scale * SpecialFunctions.GammaLowerRegularized(shape + 1, x / scale));
    }
}
