namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>An alarm and what happened to it, oldest first.</summary>
public sealed record AlarmView(Alarm Alarm, IReadOnlyList<AlarmEvent> History);
