namespace Yunnao.Trust.Audit;

/// <summary>Which events are wanted; what is null does not restrict.</summary>
public sealed record AuditFilter
{
    public DateTimeOffset? From { get; init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Who { get; init; }

    public AuditKind? Kind { get; init; }

    public string? Purpose { get; init; }

    /// <summary>Text that <see cref="AuditEntry.What"/> contains.</summary>
    public string? What { get; init; }

    public ulong? Subject { get; init; }

    /// <summary>True for those that did not go well.</summary>
    public bool Failed { get; init; }

    /// <summary>Only events before this sequence: the next page of an answer, which goes from the newest to the oldest.</summary>
    public long? Before { get; init; }

    /// <summary>Most events.</summary>
    public int Limit { get; init; } = 100;
}
