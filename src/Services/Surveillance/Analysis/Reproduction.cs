namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The reproduction number over one window of days.
/// </summary>
/// <param name="Start">First day of the window, zero-based.</param>
/// <param name="End">Last day of the window.</param>
/// <param name="Mean">Posterior mean, or NaN while the window ends before the mean serial interval has passed.</param>
/// <param name="Sd">Posterior standard deviation.</param>
/// <param name="Lower">2.5 % quantile.</param>
/// <param name="Median">Median.</param>
/// <param name="Upper">97.5 % quantile.</param>
/// <param name="Shape">Shape of the gamma posterior, from which any other quantile follows; NaN where it is a mixture.</param>
/// <param name="Scale">Scale of the gamma posterior.</param>
public readonly record struct Reproduction(
    int Start, int End, double Mean, double Sd, double Lower, double Median, double Upper, double Shape, double Scale)
{
    /// <summary>The p-quantile of the gamma posterior.</summary>
    public double Quantile(double p) =>
        double.IsNaN(Shape) ? double.NaN : Numerics.Distributions.GammaQuantile(p, Shape, Scale);
}
