namespace Yunnao.Server.Accounts;

/// <summary>The roles, organisations and own subject that somebody gets.</summary>
public sealed record Grant(IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, ulong? Subject = null);
