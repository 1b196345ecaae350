using System.Text.Encodings.Web;
using System.Text.Json;
using Yunnao.Services.Surveillance.Alarms;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Notices;

/// <summary>An alarm as it is told to others: counts and places, no record and no person.</summary>
internal static class AlarmNotice
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(Alarm a, SignalNames names) => JsonSerializer.Serialize(
        new
        {
            alarm = a.Number,
            signal = a.Signal,
            signal_zh = names.Signal(a.Signal).Zh,
            signal_en = names.Signal(a.Signal).En,
            region = a.Region,
            region_zh = names.Region(a.Region).Zh,
            region_en = names.Region(a.Region).En,
            opened = a.Opened,
            last_day = a.LastDay,
            day = a.Day,
            window_days = a.WindowDays,
            observed = a.Observed,
            expected = Real(a.Expected),
            upper = Real(a.Upper),
            p_value = Real(a.PValue),
            detectors = a.Detectors,
            signals = a.Signals,
            status = a.Status.ToString().ToLowerInvariant(),
        },
        Plain);

    /// <summary>One line in both languages.</summary>
    public static string Line(Alarm a, SignalNames names)
    {
        var (signal, region) = (names.Signal(a.Signal), names.Region(a.Region));
        return $"#{a.Number} {a.Day:yyyy-MM-dd} {signal.Zh} / {signal.En} · {region.Zh} / {region.En}: {a.Observed:0} in {a.WindowDays} d"
            + (double.IsNaN(a.Expected) ? "" : $" (expected {a.Expected:0.0})");
    }

    private static double? Real(double value) => double.IsFinite(value) ? value : null;
}
