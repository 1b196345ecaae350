namespace Yunnao.Trust.Audit;

/// <summary>What happened, to be kept for good: who, for what, of what by its key, how many. Never a value of a record.</summary>
/// <param name="Kind">Kind of the event.</param>
/// <param name="Who">Account id, client id, or <c>local:user</c>.</param>
public sealed record AuditEvent(AuditKind Kind, string Who)
{
    /// <summary>The outcome of what went well.</summary>
    public const string Ok = "ok";

    /// <summary>Id of the purpose.</summary>
    public string? Purpose { get; init; }

    /// <summary>What it was about, by key: data sets, an account, a batch number.</summary>
    public string? What { get; init; }

    /// <summary>The one person it was about.</summary>
    public ulong? Subject { get; init; }

    /// <summary>Rows that were given.</summary>
    public long? Rows { get; init; }

    /// <summary><c>ok</c>, or the code of the problem.</summary>
    public string Outcome { get; init; } = Ok;

    /// <summary>Anything else: keys, counts, names of items; never values.</summary>
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}
