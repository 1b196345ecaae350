using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using Yunnao.Server.Accounts;
using Yunnao.Server.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yunnao.Server.Connect;

/// <summary>The wiring of OpenIddict: which flows there are, and how tokens are made and verified.</summary>
internal static class ConnectSetup
{
    /// <summary>The stores, which the command line needs too.</summary>
    public static void AddConnectStores(this IServiceCollection services) =>
        services.AddOpenIddict().AddCore(core => core.ReplaceTokenManager(typeof(EndingTokens<>)).UseEntityFrameworkCore().UseDbContext<AccountsDb>());

    /// <summary>The endpoints under /connect and the verification of access tokens.</summary>
    /// <param name="publicUrl">What the platform is called from outside: the issuer of tokens.</param>
    public static void AddConnect(this IServiceCollection services, Uri publicUrl)
    {
        services.AddOpenIddict()
            .AddServer(server =>
            {
                server.SetIssuer(publicUrl)
                    .SetAuthorizationEndpointUris("connect/authorize")
                    .SetTokenEndpointUris(ConnectOptions.TokenPath)
                    .SetRevocationEndpointUris("connect/revoke")
                    .SetIntrospectionEndpointUris("connect/introspect")
                    .SetEndSessionEndpointUris("connect/logout")
                    .SetUserInfoEndpointUris("connect/userinfo");
                server.AllowClientCredentialsFlow().AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
                server.Configure(o => o.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
                server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.OfflineAccess, ConnectOptions.ApiScope);

                // Scopes of SMART are not a list: a type and letters each. They only narrow, so every application may ask for them.
                server.DisableScopeValidation().IgnoreScopePermissions();
                server.AddEventHandler(KnownScopes.OfCode).AddEventHandler(KnownScopes.OfToken).AddEventHandler(SignedClients.OfPlainType).AddEventHandler(SeenAssertions.Descriptor);
                server.SetAccessTokenLifetime(ConnectOptions.AccessTokenLife).SetRefreshTokenLifetime(ConnectOptions.RefreshTokenLife).SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(2));

                // A refresh token is good once; who shows it again loses the whole authorization.
                server.SetRefreshTokenReuseLeeway(TimeSpan.Zero);

                // Access tokens are signed and readable, so that resource servers of others can verify them; codes and refresh tokens are encrypted.
                server.DisableAccessTokenEncryption();
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableEndSessionEndpointPassthrough().EnableUserInfoEndpointPassthrough()
                    .DisableTransportSecurityRequirement();
                server.AddEventHandler(RevokedTokens.Handler);
            });
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, KeysOfServer>();
        services.AddSingleton<TokenVerifier>().AddSingleton<Launches>();
    }

    /// <summary>The keys as they are now. Read again when the options are thrown away after a rotation.</summary>
    private sealed class KeysOfServer(TokenKeys keys) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            foreach (var key in keys.Signing()) options.SigningCredentials.Add(new(key, SecurityAlgorithms.RsaSha256));
            foreach (var key in keys.Encrypting()) options.EncryptionCredentials.Add(new(key, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        }
    }
}
