using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>
/// The case (cohort) reproduction number: how many later cases each case of a day is likely to have infected.
/// Wallinga, Teunis (2004), American Journal of Epidemiology 160:509–516. It looks forward, so its last values, whose
/// secondary cases have not all been seen, are too low.
/// </summary>
public static class WallingaTeunis
{
    /// <summary>
    /// R of the cases with onset on each day, one value per day of <paramref name="incidence"/>; NaN on days without cases.
    /// <paramref name="serialInterval"/>: w[0] = 0, w[s] for s days.
    /// </summary>
    public static Result<double[]> Daily(ReadOnlySpan<double> incidence, ReadOnlySpan<double> serialInterval)
    {
        if ((Series.Check(incidence, 0, incidence.Length) ?? SerialInterval.Check(serialInterval)) is { } problem)
            return problem;
        Span<double> infectiousness = new double[incidence.Length];
        Cori.Infectiousness(incidence, serialInterval, infectiousness);
        var results = new double[incidence.Length];
        for (var day = 0; day < results.Length; day++)
        {
            double sum = 0;
            for (var s = 1; s < serialInterval.Length && day + s < results.Length; s++)
            {
                if (infectiousness[day + s] > 0)
                    sum += incidence[day + s] * serialInterval[s] / infectiousness[day + s];
            }

            results[day] = incidence[day] > 0 ? sum : double.NaN;
        }

        return results;
    }

    /// <summary>Mean over the cases (not the days) of sliding windows that start on days 1 … n − window.</summary>
    public static Result<double[]> Windows(ReadOnlySpan<double> incidence, ReadOnlySpan<double> serialInterval, int window)
    {
        if (window < 1)
            return Series.BadOption(nameof(window), "at least 1");
        if (!Daily(incidence, serialInterval).Try(out var daily, out var problem))
            return problem;
        var results = new double[Math.Max(0, incidence.Length - window)];
        for (var i = 0; i < results.Length; i++)
        {
            double sum = 0, cases = 0;
            for (var day = i + 1; day <= i + window; day++)
            {
                if (!(incidence[day] > 0))
                    continue;
                sum += incidence[day] * daily[day];
                cases += incidence[day];
            }

            results[i] = sum / cases;
        }

        return results;
    }
}
