using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yunnao.Server.Accounts;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yunnao.Server.Connect;

/// <summary>What /connect/revoke took back is refused at once: the token, and with a refresh token all that came of the same sign-in.</summary>
internal sealed class RevokedTokens(AccessGate gate) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Handler { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<HandleRevocationRequestContext>()
        .UseScopedHandler<RevokedTokens>()
        .SetOrder(int.MaxValue - 100)
        .Build();

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (context.IsRejected || context.GenericTokenPrincipal is not { } token) return;
        var refresh = token.GetTokenType() == OpenIddictConstants.TokenTypeIdentifiers.RefreshToken;
        string?[] dead = [token.GetTokenId(), refresh ? token.GetAuthorizationId() : null];
        await gate.EndAsync(dead.OfType<string>(), context.CancellationToken).ConfigureAwait(false);
    }
}
