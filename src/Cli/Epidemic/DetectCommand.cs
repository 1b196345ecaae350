using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Services.Surveillance.Detection;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic detect</c>: from the rows of the lake to alarms; or the methods over one series.</summary>
internal static class DetectCommand
{
    private const int UsualPoints = 365;

    public static Command Create(Terminal terminal)
    {
        var method = new Option<string[]>("--method") { Description = terminal.Text["epidemic.detect.method"], HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = terminal.Text["epidemic.detect.all"] };
        var fdr = new Option<double?>("--fdr") { Description = terminal.Text["epidemic.detect.fdr"], HelpName = "LEVEL" };
        var command = new Command("detect", terminal.Text["epidemic.detect"]) { method, all, fdr };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) => BadLevel(parsed.GetValue(fdr), Methods(parsed.GetValue(method), parsed.GetValue(fdr)), terminal) is { } problem
            ? Task.FromResult(terminal.Fail(problem))
            : series.Names(parsed)
            ? series.UseAsync(parsed, SeriesGroup.None, found => Judge(parsed, terminal, plot, found, Methods(parsed.GetValue(method), parsed.GetValue(fdr)), parsed.GetValue(all), parsed.GetValue(fdr)), cancellation)
            : LakeRoom.UseEmbeddedAsync(parsed, terminal, write: true, room => WatchAsync(room, parsed, series, terminal, cancellation)));
        return command;
    }

    private static IReadOnlyList<string> Methods(string[]? named, double? fdr) =>
        named is { Length: > 0 } ? named : fdr is null ? DetectorNames.OfSeries : [DetectorNames.Combined];

    private static async Task<int> WatchAsync(LakeRoom room, ParseResult parsed, SeriesOptions series, Terminal terminal, CancellationToken cancellation)
    {
        if (!series.From.Of(parsed).Try(out var from, out var problem) || !series.To.Of(parsed).Try(out var to, out problem)) return terminal.Fail(problem);
        var warning = new EarlyWarning(room.Registry, room.Shapes, room.Embedded, room.Scope, TimeProvider.System);
        if (!(await warning.RunAsync(from.Day, to.Day, cancellation).ConfigureAwait(false)).Try(out var report, out problem)) return terminal.Fail(problem);
        if (!(await new AlarmReader(room.Lake, room.Scope).AllAsync(cancellation).ConfigureAwait(false)).Try(out var alarms, out problem)) return terminal.Fail(problem);
        terminal.Print(AlarmPage.Listing(alarms.Where(a => report.Raised.Contains(a.Number)), new(room.Registry), terminal));
        var (text, counted) = (terminal.Text, report.Counted);
        terminal.Error.WriteLine(text.Format(
            counted.Whole ? "epidemic.detect.counted-whole" : "epidemic.detect.counted", counted.Days, counted.Events, counted.Cells, counted.Duration.TotalSeconds));
        terminal.Error.WriteLine(text.Format(
            "epidemic.detect.done", $"{report.From:yyyy-MM-dd}", $"{report.To:yyyy-MM-dd}", report.Findings, report.Raised.Count, report.Duration.TotalSeconds));
        if (report.SinceCommit is { } since && (counted.Whole || counted.Days > 0)) terminal.Error.WriteLine(text.Format("epidemic.detect.since", since.TotalSeconds));
        return ExitCodes.Ok;
    }

    private static int Judge(
        ParseResult parsed, Terminal terminal, PlotOptions plot, IReadOnlyList<CountSeries> series, IReadOnlyList<string> methods, bool all, double? fdr)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.series"], text["epidemic.column.day"], text["epidemic.column.cases"], text["epidemic.column.method"], text["epidemic.column.observed"],
            text["epidemic.column.expected"], text["epidemic.column.upper"], "q", text["epidemic.column.alarm"]);
        var alarms = series.Select(_ => new SortedSet<int>()).ToArray();
        foreach (var method in methods)
        {
            var scores = new Score[series.Count][];
            for (var i = 0; i < scores.Length; i++)
                if (!DetectorPanel.Score(method, series[i], First(series[i])).Try(out scores[i]!, out var problem)) return terminal.Fail(problem);
            var qValues = fdr is null ? null : SeriesDiscovery.Adjust(series, scores);
            for (var i = 0; i < scores.Length; i++)
            {
                foreach (var s in scores[i])
                {
                    var q = qValues is null ? double.NaN : qValues[i][s.Index - scores[i][0].Index];
                    var alarm = fdr is null ? s.Alarm : q <= fdr;
                    if (alarm) alarms[i].Add(s.Index);
                    if (alarm || all)
                    {
                        listing.Add(
                            series[i].Name, $"{series[i].DateOf(s.Index):yyyy-MM-dd}", Curves.Number(series[i].Counts[s.Index]), method, Curves.Number(s.Observed),
                            Curves.Number(s.Expected), Curves.Number(s.Upper), Curves.Chance(q), alarm ? text["epidemic.alarm"] : "");
                    }
                }
            }
        }

        var curves = new List<Curve>();
        for (var i = 0; i < Math.Min(12, series.Count); i++)
        {
            if (!Picture(series[i], First(series[i]), alarms[i], terminal).Try(out var curve, out var failed)) return terminal.Fail(failed);
            curves.Add(curve);
        }

        terminal.Print(listing);
        return plot.Draw(parsed, curves);
    }

    private static Problem? BadLevel(double? fdr, IReadOnlyList<string> methods, Terminal terminal) =>
        fdr is null || (fdr is > 0 and < 1 && methods.All(DetectorNames.WithPValue.Contains))
            ? null
            : new(ProblemKind.Incorrect, "epidemic.no-p-value", terminal.Text.Format("epidemic.no-p-value", string.Join(", ", DetectorNames.WithPValue)));

    private static int First(CountSeries series) => Math.Max(0, series.Counts.Length - (series.Weekly ? UsualPoints / 7 : UsualPoints));

    private static Result<Curve> Picture(CountSeries series, int first, SortedSet<int> alarms, Terminal terminal)
    {
        if (!DetectorPanel.Expected(series, first).Try(out var expected, out var problem)) return problem;
        var shown = series with { Start = series.DateOf(first), Counts = series.Counts[first..] };
        return new Curve(shown.Name, shown.Axis(terminal),
        [
            shown.Bars(terminal),
            new(terminal.Text["epidemic.column.expected"], CurveStyle.Line, shown.Days(), expected),
            new(terminal.Text["epidemic.alarm"], CurveStyle.Marks, [.. alarms.Select(series.DateOf)], [.. alarms.Select(i => series.Counts[i])]),
        ]);
    }
}
