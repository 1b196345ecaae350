using Yunnao.Standards.Alarms;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>One alarm: what was found of one thing in one place on following days. The numbers are those of its worst day.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Topic">What it is about, whatever signal showed it: a trigger with its signals, a code with its value set, or a signal.</param>
/// <param name="Opened">First day with a finding.</param>
/// <param name="LastDay">Last day with a finding.</param>
/// <param name="Day">The worst day.</param>
/// <param name="Expected">NaN where the deciding method has none; so too <paramref name="Upper"/> and <paramref name="PValue"/>.</param>
/// <param name="Signals">All signals that showed it.</param>
/// <param name="Detectors">All methods that agreed on some day.</param>
/// <param name="Raised">When it was first raised, UTC.</param>
/// <param name="Changed">When a person or a finding last changed it, UTC.</param>
public sealed record Alarm(
    int Number, string Topic, string Signal, RegionLevel Level, string Region, DateOnly Opened, DateOnly LastDay, DateOnly Day, int WindowDays,
    double Observed, double Expected, double Upper, double PValue, double AreaRatio, double Tuning, IReadOnlyList<string> Signals,
    IReadOnlyList<string> Detectors, DateTime Raised, AlarmStatus Status, AlarmOutcome? Outcome, DateTime Changed)
{
    private const double TriggerChance = 0.001;

    /// <summary>
    /// Order of importance: severe and rare diseases, then the least likely counts; a trigger alone counts as a chance of one in a thousand.
    /// Of the same, more cases first.
    /// </summary>
    public (int Kind, double Chance, double Cases) Rank =>
        (Detectors.Contains(DetectorNames.Fixed) ? 0 : 1, double.IsNaN(PValue) ? TriggerChance : PValue, -Observed);

    /// <summary>True while nobody has decided on it and the data bear it out.</summary>
    public bool Open => Status is AlarmStatus.New or AlarmStatus.Acknowledged or AlarmStatus.Investigating;
}
