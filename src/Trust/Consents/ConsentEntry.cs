namespace Yunnao.Trust.Consents;

/// <summary>A decision as it was recorded.</summary>
public sealed record ConsentEntry(
    long Sequence, ulong Subject, string Purpose, string Recipient, ConsentDecision Decision, DateTimeOffset From, DateTimeOffset? Until,
    DateTimeOffset Recorded, string By);
