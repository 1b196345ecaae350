using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using Yunnao.Server.Accounts;

namespace Yunnao.Server.Connect;

/// <summary>
/// OpenIddict's tokens, with one thing more: when a code or a refresh token is shown twice OpenIddict takes back all of its authorization, and
/// the access tokens of it, which nobody looks up, are refused from then on too.
/// </summary>
internal sealed class EndingTokens<TToken>(
    IOpenIddictTokenCache<TToken> cache, ILogger<OpenIddictTokenManager<TToken>> logger, IOptionsMonitor<OpenIddictCoreOptions> options, IOpenIddictTokenStore<TToken> store, IServiceProvider services)
    : OpenIddictTokenManager<TToken>(cache, logger, options, store)
    where TToken : class
{
    /// <inheritdoc/>
    public override async ValueTask<long> RevokeByAuthorizationIdAsync(string identifier, CancellationToken cancellationToken = default)
    {
        var revoked = await base.RevokeByAuthorizationIdAsync(identifier, cancellationToken).ConfigureAwait(false);
        await services.GetRequiredService<AccessGate>().EndAsync([identifier], cancellationToken).ConfigureAwait(false);
        return revoked;
    }
}
