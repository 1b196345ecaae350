namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>A line of an alarm's history.</summary>
/// <param name="At">UTC.</param>
/// <param name="Action">raised, extended, acknowledged, investigating, closed, withdrawn.</param>
public sealed record AlarmEvent(DateTime At, string Who, string Action, string? Reason);
