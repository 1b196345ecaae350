using DuckDB.NET.Data;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Surveillance.Combined;
using Yunnao.Services.Surveillance.Counting;
using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>
/// Joins findings to alarms and writes what is new. Findings of one topic in a place, or in a region and its part, on days that are not
/// far apart are one alarm, also when it is acknowledged or closed: what a person has decided is never undone and never raised twice.
/// </summary>
internal sealed class AlarmBook(DuckDBConnection connection, IEnumerable<Alarm> known, SignalNames names, DateTime now)
{
    private const string System = "yunnao";
    private static readonly int Quiet = new EpisodeOptions().Quiet;

    private readonly Dictionary<int, Alarm> _alarms = known.ToDictionary(a => a.Number);
    private readonly HashSet<int> _found = [];
    private readonly HashSet<int> _changed = [];
    private readonly HashSet<int> _raised = [];

    /// <summary>Takes the findings of all days from <paramref name="from"/> on, by day, and writes the alarms. Returns the numbers of the new ones.</summary>
    public IReadOnlyCollection<int> Take(IEnumerable<Finding> findings, DateOnly from)
    {
        foreach (var finding in findings) Take(finding);
        foreach (var number in _raised) Log(number, "raised", null);
        foreach (var number in _changed) Save(_alarms[number]);
        foreach (var alarm in _alarms.Values.Where(a => a.Status == AlarmStatus.New && a.Opened >= from && !_found.Contains(a.Number)).ToList())
        {
            Save(alarm with { Status = AlarmStatus.Withdrawn, Changed = now });
            Log(alarm.Number, "withdrawn", "the data as they are now do not bear it out");
        }

        return _raised;
    }

    private void Take(Finding finding)
    {
        var topic = names.Topic(finding.Signal);
        var same = _alarms.Values.Where(a => a.Topic == topic && Near(a, finding)).OrderByDescending(a => a.LastDay).ThenByDescending(a => a.Number).FirstOrDefault();
        var next = same is null ? Raise(finding, topic) : Extend(same, finding);
        _found.Add(next.Number);
        if (next == same) return;
        _alarms[next.Number] = next;
        _changed.Add(next.Number);
    }

    private Alarm Raise(Finding f, string topic)
    {
        var number = _alarms.Count == 0 ? 1 : _alarms.Keys.Max() + 1;
        _raised.Add(number);
        return new(
            number, topic, f.Signal, f.Level, f.Region, f.Day, f.Day, f.Day, f.WindowDays, f.Observed, f.Expected, f.Upper, f.PValue, f.AreaRatio, f.Tuning,
            f.Signals, f.Detectors, now, AlarmStatus.New, null, now);
    }

    private Alarm Extend(Alarm alarm, Finding f)
    {
        var extended = alarm with
        {
            Opened = f.Day < alarm.Opened ? f.Day : alarm.Opened,
            LastDay = f.Day > alarm.LastDay ? f.Day : alarm.LastDay,
            Signals = [.. alarm.Signals.Union(f.Signals)],
            Detectors = [.. alarm.Detectors.Union(f.Detectors)],
            Status = alarm.Status == AlarmStatus.Withdrawn ? AlarmStatus.New : alarm.Status,
        };
        if (Worse(f, alarm))
        {
            extended = extended with
            {
                Signal = f.Signal, Level = f.Level, Region = f.Region, Day = f.Day, WindowDays = f.WindowDays, Observed = f.Observed, Expected = f.Expected,
                Upper = f.Upper, PValue = f.PValue, AreaRatio = f.AreaRatio, Tuning = f.Tuning,
            };
        }

        var unchanged = (extended with { Signals = alarm.Signals, Detectors = alarm.Detectors }) == alarm
            && extended.Signals.Count == alarm.Signals.Count && extended.Detectors.Count == alarm.Detectors.Count;
        return unchanged ? alarm : extended with { Changed = now };
    }

    private static bool Worse(Finding f, Alarm a) => (double.IsNaN(f.PValue), double.IsNaN(a.PValue)) switch
    {
        (true, true) => f.Observed > a.Observed,
        (true, false) => f.Detectors.Contains(DetectorNames.Fixed),
        (false, true) => false,
        _ => f.PValue < a.PValue,
    };

    private static bool Near(Alarm alarm, Finding finding)
    {
        if (finding.Day.DayNumber > alarm.LastDay.DayNumber + Quiet || finding.Day.DayNumber < alarm.Opened.DayNumber - Quiet) return false;
        return alarm.Level == RegionLevel.Institution || finding.Level == RegionLevel.Institution
            ? alarm.Level == finding.Level && alarm.Region == finding.Region
            : alarm.Region.StartsWith(finding.Region, StringComparison.Ordinal) || finding.Region.StartsWith(alarm.Region, StringComparison.Ordinal);
    }

    private void Save(Alarm a)
    {
        connection.Execute("DELETE FROM surveillance.alarm WHERE number = $1", a.Number);
        connection.Execute(
            "INSERT INTO surveillance.alarm VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
            a.Number, a.Topic, a.Signal, Word(a.Level), a.Region, a.Opened, a.LastDay, a.Day, a.WindowDays, a.Observed, Real(a.Expected), Real(a.Upper),
            Real(a.PValue), a.AreaRatio, a.Tuning, string.Join(' ', a.Signals), string.Join(' ', a.Detectors), a.Raised, Word(a.Status),
            a.Outcome is { } outcome ? Word(outcome) : null, a.Changed);
    }

    private void Log(int number, string action, string? reason) => Log(connection, number, now, System, action, reason);

    public static void Log(DuckDBConnection connection, int number, DateTime at, string who, string action, string? reason) =>
        connection.Execute("INSERT INTO surveillance.alarm_log VALUES ($1, $2, $3, $4, $5)", number, at, who, action, reason);

    public static string Word(Enum value) => value.ToString().ToLowerInvariant();

    private static double? Real(double value) => double.IsNaN(value) ? null : value;
}
