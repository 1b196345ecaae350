namespace Yunnao.Server.Connect;

/// <summary>An application as administrators see it.</summary>
public sealed record ApplicationView(string Id, string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, IReadOnlyList<string> RedirectUris);
