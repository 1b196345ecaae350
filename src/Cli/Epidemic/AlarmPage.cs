using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Cli.Epidemic;

/// <summary>Alarms as a list, and one with all that explains it.</summary>
internal static class AlarmPage
{
    public static Listing Listing(IEnumerable<Alarm> alarms, SignalNames names, Terminal terminal)
    {
        var text = terminal.Text;
        var listing = new Listing(
            text["epidemic.column.number"], text["epidemic.column.signal"], text["name"], text["epidemic.column.region"], text["epidemic.column.opened"], text["epidemic.column.last"],
            text["epidemic.column.observed"], text["epidemic.column.expected"], "p", text["epidemic.column.detectors"], text["epidemic.column.status"]);
        foreach (var a in alarms)
        {
            listing.Add(
                $"{a.Number}", a.Signal, names.Signal(a.Signal).In(text.Language), names.Region(a.Region).In(text.Language), $"{a.Opened:yyyy-MM-dd}", $"{a.LastDay:yyyy-MM-dd}",
                $"{Curves.Number(a.Observed)}/{a.WindowDays}d", Curves.Number(a.Expected), Curves.Chance(a.PValue), string.Join(' ', a.Detectors), Status(a, terminal));
        }

        return listing;
    }

    public static string Status(Alarm alarm, Terminal terminal) => alarm.Outcome is { } outcome
        ? terminal.Text[$"epidemic.outcome.{outcome}"]
        : terminal.Text[$"epidemic.status.{alarm.Status}"];

    /// <summary>Why there is an alarm, in sentences.</summary>
    public static IEnumerable<string> Explain(Alarm a, SignalNames names, Terminal terminal)
    {
        var text = terminal.Text;
        string Named(IEnumerable<string> signals) => string.Join(text["epidemic.comma"], signals.Select(s => names.Signal(s).In(text.Language)));
        var byTrigger = a.Detectors[0] == DetectorNames.Trigger && double.IsNaN(a.PValue);
        yield return byTrigger
            ? text.Format("epidemic.explain.trigger", a.WindowDays, $"{a.Day:yyyy-MM-dd}", Curves.Number(a.Observed), Named(a.Signals))
            : double.IsNaN(a.Expected)
                ? text.Format("epidemic.explain.fixed", a.WindowDays, $"{a.Day:yyyy-MM-dd}", Curves.Number(a.Observed), Curves.Number(a.Upper))
                : text.Format(
                    "epidemic.explain.count", a.WindowDays, $"{a.Day:yyyy-MM-dd}", Curves.Number(a.Observed), Curves.Number(a.Expected), Curves.Number(a.Upper), Curves.Chance(a.PValue));
        if (a.AreaRatio > 1.005) yield return text.Format("epidemic.explain.area", $"{a.AreaRatio:0.00}");
        if (a.Tuning < 1) yield return text.Format("epidemic.explain.tuning", $"{1 / a.Tuning:0}");
        if (a.Detectors.Count > 1) yield return text.Format("epidemic.explain.agree", string.Join(text["epidemic.comma"], a.Detectors.Skip(1)));
        if (a.Signals.Count > 1 && !byTrigger) yield return text.Format("epidemic.explain.signals", Named(a.Signals));
    }
}
