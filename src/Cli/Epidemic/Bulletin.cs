using Yunnao.Cli.Lake;
using Yunnao.Kernel;
using Yunnao.Reports;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Cards;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary>Puts the weekly bulletin together: alarms with their curves, what was counted against the weeks before, punctuality of cards.</summary>
internal sealed class Bulletin(LakeRoom room, Terminal terminal, string region)
{
    private const int MostAlarms = 30;
    private const int MostCurves = 6;
    private const int MostSignals = 30;
    private const int DaysBefore = 120;

    private static readonly string[] Overview = ["syndrome-ili", "syndrome-diarrhoea", "card"];

    private readonly SignalNames _names = new(room.Registry);
    private readonly SeriesReader _reader = new(room.Lake, room.Scope);
    private readonly List<ReportBlock> _blocks = [];

    private Text Text => terminal.Text;

    /// <param name="to">Last day of the week, or null: the last day counted.</param>
    public async Task<Result<ReportDocument>> WriteAsync(DateOnly? to, CancellationToken cancellation)
    {
        if (!(await _reader.SpanAsync(cancellation).ConfigureAwait(false)).Try(out var span, out var problem)) return problem;
        var last = to ?? span.Last;
        var first = last.AddDays(-6);
        problem = await AlarmsAsync(first, last, cancellation).ConfigureAwait(false)
            ?? await CurvesAsync(last, cancellation).ConfigureAwait(false)
            ?? await SignalsAsync(last, cancellation).ConfigureAwait(false)
            ?? await CardsAsync(first, last, cancellation).ConfigureAwait(false);
        if (problem is not null) return problem;
        _blocks.Add(ReportBlock.Text(Text["epidemic.report.method"]));
        return new ReportDocument(
            Text.Language, Text["epidemic.report.title"],
            Text.Format("epidemic.report.subtitle", _names.Region(region).In(Text.Language), $"{first:yyyy-MM-dd}", $"{last:yyyy-MM-dd}"), _blocks);
    }

    private async Task<Problem?> AlarmsAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        if (!(await new AlarmReader(room.Lake, room.Scope).AllAsync(cancellation).ConfigureAwait(false)).Try(out var all, out var problem)) return problem;
        var alarms = all.Where(a => a.Status != AlarmStatus.Withdrawn && a.Opened <= last && a.LastDay >= first && a.Region.StartsWith(region, StringComparison.Ordinal)).ToList();
        _blocks.Add(ReportBlock.Head(Text["epidemic.report.alarms"]));
        _blocks.Add(ReportBlock.Text(Text.Format(
            "epidemic.report.alarm-summary", alarms.Count, alarms.Count(a => a.Opened >= first), alarms.Count(a => a.Status == AlarmStatus.New),
            alarms.Count(a => a.Outcome == AlarmOutcome.Outbreak))));
        if (alarms.Count == 0) return null;
        _blocks.Add(ReportBlock.Of(new ReportTable(
            ["#", Text["name"], Text["epidemic.column.region"], Text["epidemic.column.opened"], Text["epidemic.column.observed"], Text["epidemic.column.expected"], "p", Text["epidemic.column.status"]],
            [0.5, 4, 2, 1.6, 1.2, 1, 1, 1.5],
            [.. alarms.Take(MostAlarms).Select(a => (IReadOnlyList<string>)
            [
                $"{a.Number}", _names.Signal(a.Signal).In(Text.Language), _names.Region(a.Region).In(Text.Language), $"{a.Opened:yyyy-MM-dd}",
                $"{Curves.Number(a.Observed)} / {a.WindowDays} d", Curves.Number(a.Expected), Curves.Chance(a.PValue), AlarmPage.Status(a, terminal),
            ])])));
        foreach (var alarm in alarms.Take(MostCurves))
        {
            var query = AlarmPicture.Queries(alarm).First();
            var drawn = await AlarmPicture.CurveAsync(room, alarm, query, DaysBefore, last.DayNumber - alarm.LastDay.DayNumber, terminal, cancellation).ConfigureAwait(false);
            if (!drawn.Try(out var curve, out problem)) return problem;
            _blocks.Add(ReportBlock.Of(curve));
            _blocks.Add(ReportBlock.Text($"#{alarm.Number}: {string.Join(' ', AlarmPage.Explain(alarm, _names, terminal))}"));
        }

        return null;
    }

    /// <summary>The long curves that every week looks at.</summary>
    private async Task<Problem?> CurvesAsync(DateOnly last, CancellationToken cancellation)
    {
        _blocks.Add(ReportBlock.Head(Text["epidemic.report.curves"]));
        foreach (var signal in Overview.Where(_names.Knows))
        {
            var read = await _reader.SeriesAsync(new(signal, region, To: last), SeriesGroup.None, cancellation).ConfigureAwait(false);
            if (!read.Try(out var series, out var problem)) return problem;
            if (series is not [{ } days] || days.Weeks() is not { Counts.Length: > 0 } weeks || weeks.Counts.Sum() == 0) continue;
            _blocks.Add(ReportBlock.Of(new Curve(_names.Signal(signal).In(Text.Language), Text["epidemic.cases-week"], [weeks.Bars(terminal)])));
        }

        return null;
    }

    private async Task<Problem?> SignalsAsync(DateOnly last, CancellationToken cancellation)
    {
        if (!(await _reader.SummaryAsync(cancellation).ConfigureAwait(false)).Try(out var signals, out var problem)) return problem;
        var rows = new List<(long Now, IReadOnlyList<string> Cells)>();
        foreach (var signal in signals.Where(s => s.Last >= last.AddDays(-13)))
        {
            var read = await _reader.SeriesAsync(new(signal.Signal, region, From: last.AddDays(-400), To: last), SeriesGroup.None, cancellation).ConfigureAwait(false);
            if (!read.Try(out var series, out problem)) return problem;
            var counts = series[0].Counts;
            double Week(int back) => counts.AsSpan(Math.Max(0, counts.Length - back - 7), 7).ToArray().Sum();
            var (now, before, year) = (Week(0), Week(7), Week(364));
            if (now + before == 0) continue;
            rows.Add(((long)now, [signal.Signal, _names.Signal(signal.Signal).In(Text.Language), $"{now:0}", $"{before:0}", Change(now, before), signal.First > last.AddDays(-364) ? "–" : $"{year:0}"]));
        }

        _blocks.Add(ReportBlock.Head(Text["epidemic.report.signals"]));
        _blocks.Add(ReportBlock.Of(new ReportTable(
            [Text["epidemic.column.signal"], Text["name"], Text["epidemic.report.this-week"], Text["epidemic.report.last-week"], Text["epidemic.report.change"], Text["epidemic.report.last-year"]],
            [2.2, 4.5, 1, 1, 1, 1.2],
            [.. rows.OrderByDescending(r => r.Now).Take(MostSignals).Select(r => r.Cells)])));
        return null;
    }

    private async Task<Problem?> CardsAsync(DateOnly first, DateOnly last, CancellationToken cancellation)
    {
        var review = new CardReview(room.Registry, room.Lake, room.Scope);
        if (!(await review.PunctualityAsync(first, last, cancellation).ConfigureAwait(false)).Try(out var rows, out var problem)) return problem;
        if (!(await review.DuplicatesAsync(first, last, int.MaxValue, cancellation).ConfigureAwait(false)).Try(out var duplicates, out problem)) return problem;
        var (reports, late) = (rows.Sum(r => r.Reports), rows.Sum(r => r.Late));
        _blocks.Add(ReportBlock.Head(Text["epidemic.report.cards"]));
        _blocks.Add(ReportBlock.Text(Text.Format("epidemic.report.card-summary", reports, late, $"{100.0 * late / Math.Max(1, reports):0.0}", duplicates.Count)));
        if (late == 0) return null;
        _blocks.Add(ReportBlock.Of(new ReportTable(
            [Text["epidemic.column.institution"], Text["epidemic.cards.reports"], Text["epidemic.cards.late-count"]], [3, 1, 1],
            [.. rows.Where(r => r.Late > 0).OrderByDescending(r => r.Late).Take(10).Select(r => (IReadOnlyList<string>)[r.Organisation, $"{r.Reports}", $"{r.Late}"])])));
        return null;
    }

    private static string Change(double now, double before) => before == 0 ? "–" : $"{100 * (now - before) / before:+0;-0;0} %";
}
