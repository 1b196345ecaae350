using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>What the watch found on one day in one series.</summary>
/// <param name="Signal">Signal or trigger id.</param>
/// <param name="Region">Beginning of a division code; at the level of institutions the institution.</param>
/// <param name="WindowDays">Days, up to and with <paramref name="Day"/>, in which the cases are too many.</param>
/// <param name="Observed">Cases in the window.</param>
/// <param name="Expected">Cases expected in it; NaN for fixed numbers and triggers.</param>
/// <param name="Upper">The number above which one in a hundred quiet windows lies, or the fixed number; NaN for triggers.</param>
/// <param name="PValue">Chance of as much without an outbreak; NaN for fixed numbers and triggers.</param>
/// <param name="AreaRatio">By what factor the expectation was raised because the region around rises too.</param>
/// <param name="Tuning">By what factor feedback has lowered the p-value that an alarm needs; 1 without.</param>
/// <param name="Signals">The signals that carry it: its own, or those of the trigger's conditions that hold.</param>
/// <param name="Detectors">The methods that raise an alarm here, the deciding one first.</param>
public sealed record Finding(
    string Signal, RegionLevel Level, string Region, DateOnly Day, int WindowDays, double Observed, double Expected, double Upper, double PValue,
    double AreaRatio, double Tuning, IReadOnlyList<string> Signals, IReadOnlyList<string> Detectors);
