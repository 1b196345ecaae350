namespace Yunnao.Server;

/// <summary>An OpenID Connect provider of others. It says who somebody is; which account that is, and its roles, is decided here.</summary>
public sealed class ExternalProvider
{
    /// <summary>Name on the button.</summary>
    public string Name { get; set; } = "OpenID Connect";

    /// <summary>Address of the provider, with <c>/.well-known/openid-configuration</c> below it.</summary>
    public string Authority { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>Claim whose value is the name of the account here.</summary>
    public string AccountClaim { get; set; } = "preferred_username";

    /// <summary>True for a provider without TLS, on this machine only.</summary>
    public bool WithoutTls { get; set; }
}
