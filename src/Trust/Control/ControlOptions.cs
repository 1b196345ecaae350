namespace Yunnao.Trust.Control;

/// <summary>Where the control database is.</summary>
public sealed class ControlOptions
{
    /// <summary>Data folder; without <see cref="PostgreSql"/> the database is the file <c>control.db</c> in it. Created if absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Connection string of a PostgreSQL database (15 or later); null (default) for SQLite.</summary>
    public string? PostgreSql { get; init; }
}
