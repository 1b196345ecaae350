using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yunnao.Server.Connect;

/// <summary>
/// Programs of SMART sign their requests for tokens as JWTs whose type is <c>JWT</c> or not said (SMART App Launch 2.2, 4.1.5), where RFC 7523bis
/// wants <c>client-authentication+jwt</c>: both are taken, and only where a client assertion is expected.
/// </summary>
internal static class SignedClients
{
    private const string Expected = "client-authentication+jwt";

    public static OpenIddictServerHandlerDescriptor OfPlainType { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
        .UseInlineHandler(Take).SetOrder(int.MinValue + 100_500).Build();

    /// <summary>True where the assertion of a client is what is looked at.</summary>
    public static bool IsFor(ValidateTokenContext context) => context.ValidTokenTypes.Count == 1 && context.ValidTokenTypes.Contains(OpenIddictConstants.TokenTypeIdentifiers.Private.ClientAssertion);

    private static ValueTask Take(ValidateTokenContext context)
    {
        if (IsFor(context) && context.TokenValidationParameters is { } rules)
        {
            rules.TypeValidator = (type, _, _) => type is null or "" or "JWT" or Expected ? Expected : throw new SecurityTokenInvalidTypeException("The assertion is of another type.");

            // RFC 7523bis names the issuer; clients of SMART name the address at which they ask (SMART App Launch 2.2, 5.1.2). Both are this server's alone.
            if ((context.Options.Issuer ?? context.BaseUri) is { } site)
                context.ValidAudiences.UnionWith([site.AbsoluteUri, site.AbsoluteUri.TrimEnd('/'), new Uri(site, ConnectOptions.TokenPath).AbsoluteUri]);
        }

        return default;
    }
}
