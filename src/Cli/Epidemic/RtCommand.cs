using System.CommandLine;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic rt</c>: the reproduction number day by day, and the growth of the last three weeks.</summary>
internal static class RtCommand
{
    private const int GrowthDays = 21;

    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var mean = new Option<double>("--si-mean") { Description = text["epidemic.rt.mean"], HelpName = "DAYS", Required = true };
        var sd = new Option<double>("--si-sd") { Description = text["epidemic.rt.sd"], HelpName = "DAYS", Required = true };
        var window = new Option<int>("--window") { Description = text["epidemic.rt.window"], HelpName = "DAYS", DefaultValueFactory = _ => 7 };
        var command = new Command("rt", text["epidemic.rt"]) { mean, sd, window };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) => series.UseAsync(
            parsed, SeriesGroup.None,
            found => Print(parsed, terminal, plot, found, parsed.GetValue(mean), parsed.GetValue(sd), new() { Window = parsed.GetValue(window) }), cancellation));
        return command;
    }

    private static int Print(ParseResult parsed, Terminal terminal, PlotOptions plot, IReadOnlyList<CountSeries> series, double mean, double sd, CoriOptions options)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.series"], text["epidemic.column.day"], text["epidemic.column.cases"], "R", text["epidemic.column.lower"], text["epidemic.column.higher"]);
        var curves = new List<Curve>();
        foreach (var one in series)
        {
            if (!Cori.Estimate(one.Counts, mean, sd, options).Try(out var estimates, out var problem)) return terminal.Fail(problem);
            foreach (var e in estimates.Where(e => !double.IsNaN(e.Mean)))
                listing.Add(one.Name, $"{one.DateOf(e.End):yyyy-MM-dd}", Curves.Number(one.Counts[e.End]), $"{e.Mean:0.00}", $"{e.Lower:0.00}", $"{e.Upper:0.00}");
            Growth(one, terminal);
            IReadOnlyList<DateOnly> days = [.. estimates.Select(e => one.DateOf(e.End))];
            curves.Add(new(one.Name, one.Axis(terminal), [one.Bars(terminal)]));
            curves.Add(new(text.Format("epidemic.rt.title", mean, sd), "R",
            [
                new(text["epidemic.interval"], CurveStyle.Band, days, [.. estimates.Select(e => e.Lower)], [.. estimates.Select(e => Math.Min(e.Upper, 8))]),
                new("R", CurveStyle.Line, days, [.. estimates.Select(e => e.Mean)]),
            ], Level: 1));
        }

        terminal.Print(listing);
        return plot.Draw(parsed, [.. curves.Take(12)]);
    }

    private static void Growth(CountSeries series, Terminal terminal)
    {
        var last = series.Counts.AsSpan(Math.Max(0, series.Counts.Length - GrowthDays));
        if (!GrowthRate.Fit(last).Try(out var growth, out _)) return;
        var (rate, doubling) = (growth.Rate, growth.DoublingTime);
        terminal.Error.WriteLine(terminal.Text.Format(
            "epidemic.rt.growth", series.Name, last.Length, $"{rate.Value:0.000}", $"{rate.Lower:0.000}", $"{rate.Upper:0.000}", Curves.Number(doubling.Value)));
    }
}
