namespace Yunnao.Server.Accounts;

/// <summary>An account to be made.</summary>
/// <param name="Name">Name to sign in with.</param>
/// <param name="Organisations">Codes of the organisations that the person belongs to.</param>
/// <param name="Subject">The person as a subject of the lake, for citizens.</param>
public sealed record NewAccount(string Name, string? DisplayName, IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, ulong? Subject = null);
