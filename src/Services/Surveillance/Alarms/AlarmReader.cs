using Apache.Arrow;
using Yunnao.Kernel;
using Yunnao.Lake;
using Yunnao.Lake.Scopes;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Reads alarms and their history, under a Scope that reaches the lake's own tables.</summary>
public sealed class AlarmReader(ILakeEngine lake, Scope scope)
{
    private const string Columns = """
        number::BIGINT, topic, signal, level, region, opened, last_day, day, window_days::BIGINT, observed, expected, upper, p_value, area_ratio,
        tuning, signals, detectors, raised, status, outcome, changed
        """;

    /// <summary>All alarms, most important first. Problem: <c>surveillance.nothing-counted</c>.</summary>
    public async Task<Result<List<Alarm>>> AllAsync(CancellationToken cancellation)
    {
        var read = await AnswerRows.ReadAsync(lake, scope, $"SELECT {Columns} FROM surveillance.alarm", Read, cancellation).ConfigureAwait(false);
        return read.Try(out var alarms, out var problem) ? alarms.OrderBy(a => a.Rank).ThenBy(a => a.Number).ToList() : problem;
    }

    /// <summary>One alarm. Problem: <c>alarm.unknown</c>.</summary>
    public async Task<Result<Alarm>> OneAsync(int number, CancellationToken cancellation)
    {
        if (!(await AllAsync(cancellation).ConfigureAwait(false)).Try(out var alarms, out var problem)) return problem;
        return alarms.Find(a => a.Number == number) is { } alarm ? alarm : AlarmDesk.Unknown(number);
    }

    /// <summary>The history of an alarm, oldest first.</summary>
    public Task<Result<List<AlarmEvent>>> HistoryAsync(int number, CancellationToken cancellation) => AnswerRows.ReadAsync(
        lake, scope, $"SELECT happened, who, action, reason FROM surveillance.alarm_log WHERE number = {number} ORDER BY happened",
        (b, r) => new AlarmEvent(b.TimeOrNull(0, r) ?? default, b.Text(1, r), b.Text(2, r), b.TextOrNull(3, r)), cancellation);

    private static Alarm Read(RecordBatch b, int r) => new(
        (int)b.Whole(0, r), b.Text(1, r), b.Text(2, r), Enum.Parse<RegionLevel>(b.Text(3, r), true), b.Text(4, r), b.Day(5, r), b.Day(6, r), b.Day(7, r),
        (int)b.Whole(8, r), b.Real(9, r), b.Real(10, r), b.Real(11, r), b.Real(12, r), b.Real(13, r), b.Real(14, r), b.Text(15, r).Split(' '),
        b.Text(16, r).Split(' '), b.TimeOrNull(17, r) ?? default, Enum.Parse<AlarmStatus>(b.Text(18, r), true),
        b.TextOrNull(19, r) is { } outcome ? Enum.Parse<AlarmOutcome>(outcome, true) : null, b.TimeOrNull(20, r) ?? default);
}
