using MathNet.Numerics;

namespace Yunnao.Services.Surveillance.Numerics;

/// <summary>Maximum likelihood of the size θ of negative binomial counts (variance μ + μ²/θ), alone and with a regression.</summary>
internal static class NegativeBinomialSize
{
    /// <summary>
    /// Fits means and size in turns until the size settles (Venables, Ripley 2002, Modern Applied Statistics with S, 7.4).
    /// The size is infinite when the counts vary no more than Poisson ones. False when the regression cannot be fitted.
    /// </summary>
    public static bool Fit(LogLinearFit fit, out double size)
    {
        fit.Size = size = double.PositiveInfinity;
        if (!fit.Fit())
            return false;
        for (var turn = 0; turn < 50; turn++)
        {
            var next = Estimate(fit.Observed, fit.Mean, size);
            if (double.IsInfinity(next))
            {
                fit.Size = size = next;
                return fit.Fit();
            }

            var settled = Math.Abs(next - size) <= 1e-11 * next;
            fit.Size = size = next;
            if (!fit.Fit(goOn: true))
                return false;
            if (settled)
                break;
        }

        return true;
    }

    /// <summary>
    /// θ that maximises the likelihood at given means: Newton on log θ with halving; infinite when the score never turns.
    /// </summary>
    public static double Estimate(ReadOnlySpan<double> counts, ReadOnlySpan<double> means, double start)
    {
        var logSize = Math.Log(double.IsInfinity(start) ? Moment(counts, means) : start);
        // The score is positive left of the maximum and negative right of it: bracket, then halve with Newton-like speed.
        double low = -12, high = 16;
        if (Score(counts, means, Math.Exp(high)) >= 0)
            return double.PositiveInfinity;
        logSize = Math.Clamp(logSize, low + 1, high - 1);
        for (var step = 0; step < 100 && high - low > 1e-12; step++)
        {
            var size = Math.Exp(logSize);
            var score = Score(counts, means, size) * size;
            if (score >= 0)
                low = logSize;
            else
                high = logSize;
            const double Small = 1e-4;
            var slope = ((Score(counts, means, size * Math.Exp(Small)) * size * Math.Exp(Small)) - score) / Small;
            var next = slope < 0 ? logSize - (score / slope) : double.NaN;
            if (!(next > low && next < high))
                next = (low + high) / 2;
            if (Math.Abs(next - logSize) < 1e-12)
                break;
            logSize = next;
        }

        return Math.Exp(logSize);
    }

    /// <summary>Derivative of the log-likelihood in θ.</summary>
    private static double Score(ReadOnlySpan<double> counts, ReadOnlySpan<double> means, double size)
    {
        double sum = 0;
        var atSize = SpecialFunctions.DiGamma(size);
        for (var i = 0; i < counts.Length; i++)
        {
            var digamma = counts[i] == 0 ? 0 : Rise(counts[i], size, atSize);
            sum += digamma - Math.Log(1 + (means[i] / size)) + 1 - ((counts[i] + size) / (means[i] + size));
        }

        return sum;
    }

    /// <summary>ψ(θ + y) − ψ(θ): a sum of reciprocals for small whole counts, exact also for huge θ.</summary>
    private static double Rise(double count, double size, double atSize)
    {
        if (count > 64 || count != Math.Floor(count))
            return SpecialFunctions.DiGamma(size + count) - atSize;
        double sum = 0;
        for (var j = 0; j < (int)count; j++)
            sum += 1 / (size + j);
        return sum;
    }

    private static double Moment(ReadOnlySpan<double> counts, ReadOnlySpan<double> means)
    {
        double squares = 0, excess = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            squares += means[i] * means[i];
            excess += ((counts[i] - means[i]) * (counts[i] - means[i])) - means[i];
        }

        return excess > 0 && squares > 0 ? squares / excess : 1e3;
    }
}
