namespace Yunnao.Standards.Alarms;

/// <summary>What early warning looks for: the files of <c>alarms/</c>, described in standards/README.md.</summary>
/// <param name="Signals">By id.</param>
/// <param name="Words">Word lists by id.</param>
/// <param name="Negation">How a text denies what it names; null when no file says.</param>
/// <param name="Triggers">By id.</param>
/// <param name="Limits">Time limits of reporting.</param>
/// <param name="Population">Where people and institutions are; null when no file says, and then there are no signals.</param>
public sealed record AlarmRules(
    IReadOnlyDictionary<string, SignalRule> Signals, IReadOnlyDictionary<string, WordList> Words, Negation? Negation,
    IReadOnlyDictionary<string, TriggerRule> Triggers, IReadOnlyList<ReportingLimit> Limits, Population? Population)
{
    /// <summary>A registry without early warning.</summary>
    public static AlarmRules None { get; } = new(
        new Dictionary<string, SignalRule>(), new Dictionary<string, WordList>(), null, new Dictionary<string, TriggerRule>(), [], null);
}
