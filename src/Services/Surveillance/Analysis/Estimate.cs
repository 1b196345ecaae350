namespace Yunnao.Services.Surveillance.Analysis;

/// <summary>A number with its 95 % interval; NaN ends where the data do not bound it.</summary>
public readonly record struct Estimate(double Value, double Lower, double Upper)
{
    /// <summary>The interval of a parameter estimated on the log scale.</summary>
    internal static Estimate FromLog(double log, double variance)
    {
        var half = 1.959963984540054 * Math.Sqrt(variance);
        return new Estimate(Math.Exp(log), Math.Exp(log - half), Math.Exp(log + half));
    }

    /// <summary>The same quantity through a monotone function.</summary>
    internal Estimate Through(Func<double, double> function)
    {
        var (a, b) = (function(Lower), function(Upper));
        return new Estimate(function(Value), Math.Min(a, b), Math.Max(a, b));
    }
}
