using Yunnao.Services.Surveillance.Numerics;

namespace Yunnao.Services.Surveillance.Detection;

/// <summary>The steps that the original and the flexible Farrington method share.</summary>
internal static class FarringtonFit
{
    /// <summary>
    /// Fits, and fits again with large residuals down-weighted; the dispersion comes back floored at one. R starts both fits
    /// from the counts; a quick one starts from their mean and goes on from the first, which takes fewer steps and ends near R's, not at it.
    /// </summary>
    public static bool Fit(LogLinearFit fit, bool reweight, double threshold, Span<double> residuals, out double dispersion, bool quick = false)
    {
        dispersion = 1;
        if (!(quick && FromLevel(fit)) && !fit.Fit())
            return false;
        dispersion = Math.Max(1, fit.Dispersion);
        if (!reweight)
            return true;
        fit.AnscombeResiduals(dispersion, residuals);
        Reweight(residuals[..fit.Rows], threshold, fit.Weights);
        if (!fit.Fit(goOn: quick))
            return false;
        dispersion = Math.Max(1, fit.Dispersion);
        return true;
    }

    /// <summary>
    /// Whether the trend is significant (Student's test with the dispersion as estimated, not floored) and does not
    /// extrapolate above every count of the baseline. The scored point is level 0 at the origin of time.
    /// </summary>
    public static bool KeepsTrend(LogLinearFit fit, double threshold)
    {
        var t = fit.Slope(0) / Math.Sqrt(fit.Dispersion * fit.SlopeVariance(0));
        var p = Distributions.StudentTwoSided(t, fit.DegreesOfFreedom);
        var highest = 0.0;
        foreach (var count in fit.Observed)
            highest = Math.Max(highest, count);
        var (eta, _) = fit.Predict(0, [0.0]);
        return p < threshold && Math.Exp(eta) <= highest;
    }

    /// <summary>Cases of the last points, the scored one included; gaps count nothing.</summary>
    public static double Recent(ReadOnlySpan<double> counts, int at, int points)
    {
        double sum = 0;
        for (var i = Math.Max(0, at - points + 1); i <= at; i++)
        {
            if (!double.IsNaN(counts[i]))
                sum += counts[i];
        }

        return sum;
    }

    /// <summary>A fit from the mean of all; false where the first step, which may go far, does not come back.</summary>
    private static bool FromLevel(LogLinearFit fit)
    {
        fit.StartLevel();
        return fit.Fit(goOn: true) && fit.Converged;
    }

    /// <summary>Weights γ s⁻² for residuals s above the threshold and γ for the others; γ makes them add up to the rows.</summary>
    private static void Reweight(ReadOnlySpan<double> residuals, double threshold, Span<double> weights)
    {
        double sum = 0;
        for (var i = 0; i < residuals.Length; i++)
        {
            weights[i] = residuals[i] > threshold ? 1 / (residuals[i] * residuals[i]) : 1;
            sum += weights[i];
        }

        for (var i = 0; i < residuals.Length; i++)
            weights[i] *= residuals.Length / sum;
    }
}
