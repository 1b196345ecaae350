using System.Globalization;
using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Demo;

/// <summary>Early warning in the demo: the outbreaks that were put into the city, and which of them were alarmed when.</summary>
internal sealed class DemoWarning(LakeRoom room, Terminal terminal, CancellationToken cancellation)
{
    /// <summary>History without which there is no baseline, and days judged at most.</summary>
    private const int HistoryDays = 57;
    private const int MostDays = 60;

    /// <summary>Days after an outbreak in which an alarm is still about it.</summary>
    private const int Echo = 7;

    public async Task<Problem?> RunAsync(string city)
    {
        if (new SignalCounter(room.Registry, room.Shapes, room.Embedded).Run(cancellation) is { Ok: false, Problem: var uncounted }) return uncounted;
        if (!(await new SeriesReader(room.Lake, room.Scope).SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out var problem)) return problem;
        var from = DateOnly.FromDayNumber(Math.Max(span.First.DayNumber + HistoryDays, span.Last.DayNumber - MostDays));
        if (from > span.Last)
        {
            terminal.Print(terminal.Text["demo.warning.short"]);
            return null;
        }

        var warning = new EarlyWarning(room.Registry, room.Shapes, room.Embedded, room.Scope, TimeProvider.System);
        if (!(await warning.RunAsync(from, null, cancellation).ConfigureAwait(false)).Try(out var report, out problem)) return problem;
        if (!(await new AlarmReader(room.Lake, room.Scope).AllAsync(cancellation).ConfigureAwait(false)).Try(out var alarms, out problem)) return problem;
        Print(Path.Combine(city, "truth", "outbreaks.csv"), report, alarms);
        return null;
    }

    private void Print(string truth, WatchReport report, List<Alarm> alarms)
    {
        var (text, names) = (terminal.Text, new SignalNames(room.Registry));
        var listing = new Listing(text["demo.warning.outbreak"], text["epidemic.column.region"], text["demo.warning.days"], text["demo.warning.cases"], text["demo.warning.alarm"]);
        var about = new HashSet<int>();
        foreach (var cells in File.ReadLines(truth).Skip(1).Select(line => line.Split(',')))
        {
            var (code, division) = (cells[1], cells[2]);
            var (start, end) = (DateOnly.Parse(cells[4], CultureInfo.InvariantCulture), DateOnly.Parse(cells[5], CultureInfo.InvariantCulture));
            var found = alarms.Where(a => IsAbout(a, code, division) && a.Opened <= end.AddDays(Echo) && a.LastDay >= start).OrderBy(a => a.Opened).ToList();
            about.UnionWith(found.Select(a => a.Number));
            listing.Add(
                names.Signal($"card.{code}").In(text.Language), cells[3], $"{start:MM-dd} – {end:MM-dd}", cells[6],
                found is [var first, ..] ? text.Format("demo.warning.found", first.Number, $"{first.Opened:MM-dd}", names.Signal(first.Signal).In(text.Language))
                    : end < report.From ? text["demo.warning.before"] : start > report.To ? text["demo.warning.after"] : text["demo.warning.none"]);
        }

        terminal.Print(listing);
        terminal.Print(text.Format("demo.warning.others", $"{report.From:yyyy-MM-dd}", $"{report.To:yyyy-MM-dd}", alarms.Count(a => !about.Contains(a.Number))));
    }

    /// <summary>Whether an alarm is about a disease in a place: one of its signals counts the disease, and one place lies in the other.</summary>
    private static bool IsAbout(Alarm alarm, string code, string division) =>
        alarm.Signals.Any(signal => signal.EndsWith($".{code}", StringComparison.Ordinal))
        && (division.StartsWith(alarm.Region, StringComparison.Ordinal) || alarm.Region.StartsWith(division, StringComparison.Ordinal));
}
