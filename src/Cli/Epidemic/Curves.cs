using Yunnao.Reports;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary>Pictures of series, and numbers as text.</summary>
internal static class Curves
{
    public static IReadOnlyList<DateOnly> Days(this CountSeries series) => [.. Enumerable.Range(0, series.Counts.Length).Select(series.DateOf)];

    public static CurveLine Bars(this CountSeries series, Terminal terminal) =>
        new(terminal.Text[series.Weekly ? "epidemic.cases-week" : "epidemic.cases-day"], CurveStyle.Bars, series.Days(), series.Counts);

    public static string Axis(this CountSeries series, Terminal terminal) => terminal.Text[series.Weekly ? "epidemic.cases-week" : "epidemic.cases-day"];

    /// <summary>A number for people: whole numbers whole, others with so many decimals, a dash for what is not known.</summary>
    public static string Number(double value, int decimals = 1) => value switch
    {
        double.NaN => "–",
        _ when double.IsInfinity(value) => "∞",
        _ when value == Math.Floor(value) && Math.Abs(value) < 1e15 => value.ToString("0"),
        _ => value.ToString("0." + new string('0', decimals)),
    };

    /// <summary>A chance for people.</summary>
    public static string Chance(double p) => double.IsNaN(p) ? "–" : p < 0.001 ? p.ToString("0.0e+0") : p.ToString("0.000");
}
