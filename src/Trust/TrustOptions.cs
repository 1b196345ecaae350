using System.ComponentModel.DataAnnotations;
using Yunnao.Trust.Keys;

namespace Yunnao.Trust;

/// <summary>How rights, audit and keys of a platform are kept.</summary>
public sealed class TrustOptions
{
    /// <summary>Data folder: <c>control.db</c> and <c>keys/</c> are in it.</summary>
    public required string Folder { get; init; }

    /// <summary>Connection string of a PostgreSQL database for the control data; null (default) for SQLite.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>Algorithms for what is new; null (default) as <see cref="KeySettings"/> say: AES, SHA-256, ECDSA unless told otherwise.</summary>
    public Suite? Suite { get; init; }

    /// <summary>The key that wraps all others; null (default) as <see cref="KeySettings"/> say.</summary>
    public IMasterKey? Master { get; init; }

    /// <summary>Minutes that a break-glass stays open. Default 60.</summary>
    [Range(1, 1440)]
    public int BreakGlassMinutes { get; init; } = 60;

    /// <summary>Where night is night, for the rules of anomalies. Default UTC+8, the time of China.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromHours(8), "UTC+8", "UTC+8");

    /// <summary>Minutes between two signatures over the audit; 0 leaves them to the caller. Default 60.</summary>
    [Range(0, 1440)]
    public int SealMinutes { get; init; } = 60;
}
