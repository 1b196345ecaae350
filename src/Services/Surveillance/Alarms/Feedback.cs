namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>
/// What people made of earlier alarms of a topic tunes the next: each that was no outbreak halves the p-value that an alarm needs, each
/// outbreak doubles it again. Never above the usual and never below a thirty-second of it, so that no topic can be silenced.
/// </summary>
public static class Feedback
{
    /// <summary>The smallest factor.</summary>
    public const double Least = 1.0 / 32;

    /// <summary>The factor after these outcomes, oldest first; duplicates say nothing.</summary>
    public static double Factor(IEnumerable<AlarmOutcome> outcomes)
    {
        var factor = 1.0;
        foreach (var outcome in outcomes)
        {
            factor = outcome switch
            {
                AlarmOutcome.Not => Math.Max(Least, factor / 2),
                AlarmOutcome.Outbreak => Math.Min(1, factor * 2),
                _ => factor,
            };
        }

        return factor;
    }
}
