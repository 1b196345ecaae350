namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>What somebody decides about an alarm.</summary>
/// <param name="Outcome">Needed to close, otherwise null.</param>
/// <param name="Reason">Needed to close; never a patient's name or number.</param>
public sealed record AlarmMove(AlarmStatus Status, AlarmOutcome? Outcome, string? Reason);
