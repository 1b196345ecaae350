namespace Yunnao.Services.Imaging.Web;

/// <summary>How people who open a viewer sign in: OpenID Connect, by code and PKCE.</summary>
/// <param name="Authority">Issuer of tokens.</param>
/// <param name="ClientId">The viewer as a public application.</param>
/// <param name="Scope">Scopes that it asks for.</param>
public sealed record ViewerSignIn(Uri Authority, string ClientId, string Scope);
