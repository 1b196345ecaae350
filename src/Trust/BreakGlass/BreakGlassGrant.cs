namespace Yunnao.Trust.BreakGlass;

/// <summary>An opened break-glass: somebody reads a person's record in an emergency.</summary>
/// <param name="Verdict">What the security administrator found: <c>justified</c>, <c>unjustified</c>; null until it is reviewed.</param>
public sealed record BreakGlassGrant(
    long Id, string Caller, ulong Subject, string Reason, DateTimeOffset Opened, DateTimeOffset Expires, DateTimeOffset? Closed, DateTimeOffset? Reviewed,
    string? ReviewedBy, string? Verdict, string? Remark);
