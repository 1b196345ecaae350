using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic series</c>: the signals, or the counts of one.</summary>
internal static class SeriesCommand
{
    public static Command Create(Terminal terminal)
    {
        var by = new Option<SeriesGroup>("--by") { Description = terminal.Text["epidemic.series.by"], HelpName = "none|region|age|institution|code" };
        var command = new Command("series", terminal.Text["epidemic.series"]) { by };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) => series.Names(parsed)
            ? series.UseAsync(parsed, parsed.GetValue(by), found => Print(parsed, terminal, plot, found), cancellation)
            : LakeRoom.UseAsync(parsed, terminal, write: false, room => SummaryAsync(room, terminal, cancellation)));
        return command;
    }

    private static async Task<int> SummaryAsync(LakeRoom room, Terminal terminal, CancellationToken cancellation)
    {
        if (!(await new SeriesReader(room.Lake, room.Scope).SummaryAsync(cancellation).ConfigureAwait(false)).Try(out var signals, out var problem)) return terminal.Fail(problem);
        var (text, names) = (terminal.Text, new SignalNames(room.Registry));
        var listing = new Listing(text["epidemic.column.signal"], text["name"], text["epidemic.column.cases"], text["epidemic.column.lately"], text["epidemic.column.first"], text["epidemic.column.last"]);
        foreach (var s in signals) listing.Add(s.Signal, names.Signal(s.Signal).In(text.Language), $"{s.Cases}", $"{s.LastFourWeeks}", $"{s.First:yyyy-MM-dd}", $"{s.Last:yyyy-MM-dd}");
        terminal.Print(listing);
        return ExitCodes.Ok;
    }

    private static int Print(ParseResult parsed, Terminal terminal, PlotOptions plot, IReadOnlyList<CountSeries> series)
    {
        var text = terminal.Text;
        var listing = new Listing(text["epidemic.column.series"], text["epidemic.column.day"], text["epidemic.column.cases"]);
        foreach (var s in series)
            for (var i = 0; i < s.Counts.Length; i++) listing.Add(s.Name, $"{s.DateOf(i):yyyy-MM-dd}", Curves.Number(s.Counts[i]));
        terminal.Print(listing);
        return plot.Draw(parsed, [.. series.Take(12).Select(s => new Curve(s.Name, s.Axis(terminal), [s.Bars(terminal)]))]);
    }
}
