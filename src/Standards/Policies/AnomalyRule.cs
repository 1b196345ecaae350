namespace Yunnao.Standards.Policies;

/// <summary>A rule by which the audit raises an alert: more than a threshold, of one account, within a window, at certain hours.</summary>
/// <param name="Events">Audit kinds that count: <c>read</c>, <c>export</c>, <c>refusal</c> …</param>
/// <param name="Group">Kind of group for <see cref="AnomalyKind.Related"/>: <c>household</c>, <c>staff</c>.</param>
/// <param name="Threshold">The alert is raised when the count is above it.</param>
/// <param name="FromHour">First hour of the day (0–23, local) in which events count; equal to <paramref name="ToHour"/> means the whole day.</param>
/// <param name="ToHour">Hour that does not count any more; smaller than the first means over midnight.</param>
public sealed record AnomalyRule(
    string Id, Status Status, AnomalyKind Kind, IReadOnlyList<string> Events, string? Group, long Threshold, TimeSpan Window, int FromHour, int ToHour,
    Names Name, string Source, SourceLine At)
{
    /// <summary>True when events of this hour count.</summary>
    public bool Counts(int hour) => FromHour == ToHour || (FromHour < ToHour ? hour >= FromHour && hour < ToHour : hour >= FromHour || hour < ToHour);
}
