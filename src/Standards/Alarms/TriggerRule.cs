namespace Yunnao.Standards.Alarms;

/// <summary>A multi-point trigger: several signals that together, in one region and in the same days, are an alarm.</summary>
/// <param name="Level">Region level at which the signals are joined.</param>
/// <param name="Days">Length of the window that ends on the day judged.</param>
/// <param name="Needs">How many of the conditions must hold.</param>
public sealed record TriggerRule(
    string Id, string Version, Status Status, Names Name, RegionLevel Level, int Days, int Needs, IReadOnlyList<TriggerCondition> Conditions,
    string Source, SourceLine At);
