namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>What an alarm turned out to be.</summary>
public enum AlarmOutcome
{
    /// <summary>An outbreak.</summary>
    Outbreak,

    /// <summary>No outbreak.</summary>
    Not,

    /// <summary>The same event as another alarm.</summary>
    Duplicate,
}
