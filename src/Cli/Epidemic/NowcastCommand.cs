using System.CommandLine;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Analysis;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary><c>yunnao epidemic nowcast</c>: how many cases began on each recent day, once all are reported.</summary>
internal static class NowcastCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = terminal.Text;
        var delay = new Option<int>("--delay") { Description = text["epidemic.nowcast.delay"], HelpName = "DAYS", DefaultValueFactory = _ => 21 };
        var days = new Option<int>("--days") { Description = text["epidemic.nowcast.days"], HelpName = "DAYS", DefaultValueFactory = _ => 90 };
        var reported = new Option<string>("--reported") { Description = text["epidemic.nowcast.reported"], HelpName = "COLUMN", DefaultValueFactory = _ => "reported" };
        var command = new Command("nowcast", text["epidemic.nowcast"]) { delay, days, reported };
        var (series, plot) = (new SeriesOptions(terminal, command), new PlotOptions(terminal, command));
        command.SetAction((parsed, cancellation) =>
        {
            if (!series.Query(parsed).Try(out var query, out var problem)) return Task.FromResult(terminal.Fail(problem));
            int Show(string name, IReadOnlyList<(DateOnly Onset, int Delay, long Cases)> cases, DateOnly last) =>
                Print(parsed, terminal, plot, name, cases, last, parsed.GetValue(delay), parsed.GetValue(days));
            if (series.Csv(parsed) is { } csv) return Task.FromResult(OfFile(csv, parsed.GetValue(reported)!, terminal, Show));
            return query is null
                ? Task.FromResult(terminal.Fail(new(ProblemKind.Incorrect, "epidemic.no-series", text["epidemic.no-series"])))
                : LakeRoom.UseAsync(parsed, terminal, write: false, room => OfLakeAsync(room, query, parsed.GetValue(delay), terminal, Show, cancellation));
        });
        return command;
    }

    private static async Task<int> OfLakeAsync(
        LakeRoom room, SeriesQuery query, int longest, Terminal terminal, Func<string, IReadOnlyList<(DateOnly, int, long)>, DateOnly, int> show, CancellationToken cancellation)
    {
        var reader = new SeriesReader(room.Lake, room.Scope);
        if (!(await reader.SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out var problem)) return terminal.Fail(problem);
        var last = query.To ?? span.Last;
        if (!(await reader.DelaysAsync(query with { To = last }, longest, cancellation).ConfigureAwait(false)).Try(out var cases, out problem)) return terminal.Fail(problem);
        return show(new SignalNames(room.Registry).Signal(query.Signal).In(terminal.Text.Language), cases, last);
    }

    /// <summary>A line list: the day of onset in the column of <c>--date</c>, the day of report in another.</summary>
    private static int OfFile(SeriesFile file, string reported, Terminal terminal, Func<string, IReadOnlyList<(DateOnly, int, long)>, DateOnly, int> show)
    {
        if (!CsvSeries.Read(file with { Count = null, Group = reported }).Try(out var byReport, out var problem)) return terminal.Fail(problem);
        var cases = new List<(DateOnly, int, long)>();
        var last = DateOnly.MinValue;
        foreach (var series in byReport)
        {
            if (CsvSeries.Date(series.Name) is not { } day)
                return terminal.Fail(new(ProblemKind.Incorrect, "series.date", terminal.Text.Format("epidemic.nowcast.bad-report", reported), new(file.Path)));
            if (day > last) last = day;
            for (var i = 0; i < series.Counts.Length; i++)
                if (series.Counts[i] > 0 && day >= series.DateOf(i)) cases.Add((series.DateOf(i), day.DayNumber - series.DateOf(i).DayNumber, (long)series.Counts[i]));
        }

        return show(Path.GetFileName(file.Path), cases, last);
    }

    private static int Print(
        ParseResult parsed, Terminal terminal, PlotOptions plot, string name, IReadOnlyList<(DateOnly Onset, int Delay, long Cases)> cases, DateOnly last, int longest, int days)
    {
        var text = terminal.Text;
        var from = last.AddDays(1 - days);
        var triangle = new double[Math.Max(0, days) * (longest + 1)];
        foreach (var (onset, delay, number) in cases.Where(c => c.Onset >= from && c.Onset <= last && c.Delay <= longest))
            triangle[((onset.DayNumber - from.DayNumber) * (longest + 1)) + delay] += number;
        if (triangle.Sum() == 0) return terminal.Fail(new(ProblemKind.NotFound, "epidemic.no-cases", text["epidemic.nowcast.no-onset"]));
        if (!Nowcast.Estimate(triangle, longest + 1, 0).Try(out var nowcast, out var problem)) return terminal.Fail(problem);
        var reported = Enumerable.Range(0, days).Select(t => triangle.AsSpan(t * (longest + 1), longest + 1).ToArray().Sum()).ToArray();
        var listing = new Listing(text["epidemic.column.onset"], text["epidemic.column.reported"], text["epidemic.column.expected"], text["epidemic.column.lower"], text["epidemic.column.higher"]);
        for (var t = Math.Max(0, days - longest - 1); t < days; t++)
        {
            var e = nowcast.Totals[t];
            listing.Add($"{from.AddDays(t):yyyy-MM-dd}", Curves.Number(reported[t]), Curves.Number(e.Value), Curves.Number(e.Lower), Curves.Number(e.Upper));
        }

        terminal.Print(listing);
        terminal.Error.WriteLine(text.Format("epidemic.nowcast.shares", $"{nowcast.Reported[0]:0.00}", $"{nowcast.Reported[Math.Min(3, longest)]:0.00}", $"{nowcast.Reported[Math.Min(7, longest)]:0.00}"));
        IReadOnlyList<DateOnly> axis = [.. Enumerable.Range(0, days).Select(from.AddDays)];
        return plot.Draw(parsed,
        [
            new(name, text["epidemic.cases-day"],
            [
                new(text["epidemic.column.reported"], CurveStyle.Bars, axis, reported),
                new(text["epidemic.interval"], CurveStyle.Band, axis, [.. nowcast.Totals.Select(e => e.Lower)], [.. nowcast.Totals.Select(e => e.Upper)]),
                new(text["epidemic.nowcast.title"], CurveStyle.Line, axis, [.. nowcast.Totals.Select(e => e.Value)]),
            ]),
        ]);
    }
}
