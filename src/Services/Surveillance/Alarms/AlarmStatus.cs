namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>Where an alarm stands.</summary>
public enum AlarmStatus
{
    /// <summary>Nobody has looked at it.</summary>
    New,

    /// <summary>Somebody has taken it on.</summary>
    Acknowledged,

    /// <summary>It is being investigated on the spot.</summary>
    Investigating,

    /// <summary>It is decided.</summary>
    Closed,

    /// <summary>Nobody had looked at it, and corrected data no longer bear it out.</summary>
    Withdrawn,
}
