namespace Yunnao.Server.Connect;

/// <summary>An application to be made.</summary>
/// <param name="Id">Its client_id.</param>
/// <param name="Roles">Roles of its own, for client credentials.</param>
/// <param name="RedirectUris">Where people are sent back to after they have signed in.</param>
/// <param name="Keys">Its public keys, a JWK Set as JSON (RFC 7517): it then signs its requests for tokens (private_key_jwt) and has no secret.</param>
/// <param name="Public">It cannot keep a secret (a page, a program on a desk).</param>
public sealed record NewApplication(string Id, string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, IReadOnlyList<string> RedirectUris, bool Public = false, System.Text.Json.JsonElement? Keys = null);
