using System.CommandLine;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic forecast</c>: the next weeks with intervals, and how the method did against the naive one on this series.</summary>
internal static class ForecastCommand
{
    private const int Lower = 1;
    private const int Trials = 12;

    public static Command Create(Terminal terminal)
    {
        var steps = new Option<int>("--steps") { Description = terminal.Text["epidemic.forecast.steps"], HelpName = "N", DefaultValueFactory = _ => 4 };
        var command = new Command("forecast", terminal.Text["epidemic.forecast"]) { steps };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) => series.UseAsync(
            parsed, SeriesGroup.None, found => Print(parsed, terminal, plot, [.. found.Select(s => s.Weeks())], parsed.GetValue(steps)), cancellation));
        return command;
    }

    private static int Print(ParseResult parsed, Terminal terminal, PlotOptions plot, IReadOnlyList<CountSeries> series, int steps)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.series"], text["epidemic.column.week"], text["epidemic.column.median"], text["epidemic.column.lower"], text["epidemic.column.higher"]);
        var curves = new List<Curve>();
        foreach (var one in series)
        {
            if (!Forecast.DampedGrowth(one.Counts, steps, new()).Try(out var forecast, out var problem)) return terminal.Fail(problem);
            for (var i = 0; i < steps; i++)
            {
                var f = forecast[i];
                listing.Add(one.Name, $"{one.DateOf(one.Counts.Length + i):yyyy-MM-dd}", Curves.Number(f.Median), Curves.Number(f.Values[Lower]), Curves.Number(f.Values[^(Lower + 1)]));
            }

            Compare(one, steps, terminal);
            curves.Add(Picture(one, forecast, terminal));
        }

        terminal.Print(listing);
        return plot.Draw(parsed, [.. curves.Take(12)]);
    }

    /// <summary>The weighted interval score of both methods over the last weeks, each forecast from what was known then.</summary>
    private static void Compare(CountSeries series, int steps, Terminal terminal)
    {
        double ours = 0, naive = 0;
        var trials = 0;
        for (var end = Math.Max(8, series.Counts.Length - Trials - steps); end + steps <= series.Counts.Length; end++)
        {
            var known = series.Counts.AsSpan(0, end);
            if (!Forecast.DampedGrowth(known, steps, new()).Try(out var a, out _) || !Forecast.Naive(known, steps, new()).Try(out var b, out _)) continue;
            for (var i = 0; i < steps; i++)
            {
                var seen = series.Counts[end + i];
                if (double.IsNaN(seen)) continue;
                (ours, naive, trials) = (ours + a[i].WeightedIntervalScore(seen), naive + b[i].WeightedIntervalScore(seen), trials + 1);
            }
        }

        if (trials > 0) terminal.Error.WriteLine(terminal.Text.Format("epidemic.forecast.score", series.Name, trials, $"{ours / trials:0.00}", $"{naive / trials:0.00}"));
    }

    private static Curve Picture(CountSeries series, QuantileForecast[] forecast, Terminal terminal)
    {
        var first = Math.Max(0, series.Counts.Length - 52);
        var shown = series with { Start = series.DateOf(first), Counts = series.Counts[first..] };
        IReadOnlyList<DateOnly> ahead = [.. Enumerable.Range(0, forecast.Length).Select(i => series.DateOf(series.Counts.Length + i))];
        return new(series.Name, series.Axis(terminal),
        [
            shown.Bars(terminal),
            new(terminal.Text["epidemic.interval"], CurveStyle.Band, ahead, [.. forecast.Select(f => f.Values[Lower])], [.. forecast.Select(f => f.Values[^(Lower + 1)])]),
            new(terminal.Text["epidemic.forecast.title"], CurveStyle.Line, ahead, [.. forecast.Select(f => f.Median)]),
        ]);
    }
}
