namespace Yunnao.Trust.Audit;

/// <summary>An event as it stands in the audit.</summary>
/// <param name="Sequence">1, 2, 3 … without gaps.</param>
/// <param name="Details">JSON object of texts, as stored.</param>
/// <param name="Hash">Over the hash of the event before and all of this one.</param>
public sealed record AuditEntry(
    long Sequence, DateTimeOffset At, string Kind, string Who, string? Purpose, string? What, ulong? Subject, long? Rows, string Outcome, string? Details, byte[] Hash);
