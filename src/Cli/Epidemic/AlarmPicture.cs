using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Cli.Epidemic;

/// <summary>The curve behind an alarm.</summary>
internal static class AlarmPicture
{
    public static SeriesReader Reader(LakeRoom room) => new(room.Lake, room.Scope);

    /// <summary>The series that an alarm is about, the worst first.</summary>
    public static IEnumerable<SeriesQuery> Queries(Alarm alarm) => alarm.Signals.OrderBy(s => s == alarm.Signal ? 0 : 1)
        .Select(s => alarm.Level == RegionLevel.Institution ? new SeriesQuery(s, Institution: alarm.Region) : new SeriesQuery(s, alarm.Region));

    /// <summary>Counts around the alarm, what was expected, and the days with cases of the alarm.</summary>
    public static async Task<Result<Curve>> CurveAsync(
        LakeRoom room, Alarm alarm, SeriesQuery query, int daysBefore, int daysAfter, Terminal terminal, CancellationToken cancellation)
    {
        var (text, names) = (terminal.Text, new SignalNames(room.Registry));
        var read = await Reader(room).SeriesAsync(query, SeriesGroup.None, cancellation).ConfigureAwait(false);
        if (!read.Try(out var series, out var problem)) return problem;
        var whole = series[0];
        var first = Math.Clamp(whole.IndexOf(alarm.Opened.AddDays(-daysBefore)), 0, whole.Counts.Length - 1);
        var end = Math.Clamp(whole.IndexOf(alarm.LastDay.AddDays(daysAfter)) + 1, first + 1, whole.Counts.Length);
        whole = whole with { Counts = whole.Counts[..end] };
        if (!DetectorPanel.Expected(whole, first).Try(out var expected, out problem)) return problem;
        var shown = whole with { Start = whole.DateOf(first), Counts = whole.Counts[first..] };
        var (from, to) = (shown.IndexOf(alarm.Opened), Math.Min(shown.IndexOf(alarm.LastDay), shown.Counts.Length - 1));
        var days = Enumerable.Range(0, shown.Counts.Length).Where(i => i >= from && i <= to && shown.Counts[i] > 0).ToList();
        var title = $"{names.Signal(query.Signal).In(text.Language)} · {names.Region(alarm.Region).In(text.Language)}";
        return new Curve(title, text["epidemic.cases-day"],
        [
            shown.Bars(terminal),
            new(text["epidemic.column.expected"], CurveStyle.Line, shown.Days(), expected),
            new(text["epidemic.alarm"], CurveStyle.Marks, [.. days.Select(shown.DateOf)], [.. days.Select(i => shown.Counts[i])]),
        ]);
    }
}
