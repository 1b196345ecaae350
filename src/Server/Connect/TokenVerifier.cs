using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Validation;
using Yunnao.Server.Accounts;
using Yunnao.Trust.Callers;
using static OpenIddict.Abstractions.OpenIddictExceptions;

namespace Yunnao.Server.Connect;

/// <summary>
/// Verifies access tokens. OpenIddict judges a token that is seen for the first time (signature, issuer, audience, type, life); its judgement is
/// kept under the token's hash until the token ends. Whether the token is still wanted is asked each time.
/// </summary>
public sealed class TokenVerifier(IServiceScopeFactory scopes, AccessGate gate, TimeProvider time)
{
    private const int MostKept = 100_000, LongestToken = 16_384;

    private readonly ConcurrentDictionary<UInt128, Verified> _kept = new();

    private sealed record Verified(ClaimsPrincipal Principal, string Caller, bool Application, int Generation, string? Token, string? Authorization, DateTimeOffset Ends);

    /// <summary>The caller of a token; null when the token is not good.</summary>
    public async ValueTask<ClaimsPrincipal?> VerifyAsync(string token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > LongestToken) return null;
        var key = HashOf(token);
        if (!_kept.TryGetValue(key, out var verified))
        {
            if (await JudgeAsync(token, cancellation).ConfigureAwait(false) is not { } judged) return null;
            if (_kept.Count >= MostKept) Forget();
            _kept[key] = verified = judged;
        }

        if (verified.Ends > time.GetUtcNow()
            && await gate.AllowsAsync(verified.Caller, verified.Application, verified.Generation, verified.Token, verified.Authorization, cancellation).ConfigureAwait(false))
            return verified.Principal;
        _kept.TryRemove(key, out _);
        return null;
    }

    private async Task<Verified?> JudgeAsync(string token, CancellationToken cancellation)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            try
            {
                var principal = await scope.ServiceProvider.GetRequiredService<OpenIddictValidationService>().ValidateAccessTokenAsync(token, cancellation).ConfigureAwait(false);
                return Of(principal);
            }
            catch (ProtocolException)
            {
                return null;
            }
        }
    }

    /// <summary>What a good token says; null when it lacks what every token of ours has.</summary>
    private static Verified? Of(ClaimsPrincipal principal)
    {
        if (principal.GetClaim(CallerClaims.Id) is not { } caller || principal.GetExpirationDate() is not { } ends
            || !int.TryParse(principal.GetClaim(ConnectOptions.GenerationClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) return null;
        var application = principal.HasClaim(CallerClaims.Kind, "application");
        return new(principal, caller, application, generation, principal.GetTokenId(), principal.GetAuthorizationId(), ends);
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, verified) in _kept) if (verified.Ends <= now) _kept.TryRemove(key, out _);
        if (_kept.Count >= MostKept) _kept.Clear();
    }

    private static UInt128 HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
