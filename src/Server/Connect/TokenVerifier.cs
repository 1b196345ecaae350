using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yunnao.Server.Accounts;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Connect;

/// <summary>
/// Verifies access tokens. A token that is seen for the first time is judged by its signature, algorithm, issuer, audience, type (RFC 9068) and
/// life; the judgement is kept under the token's hash until the token ends. Whether the token is still wanted is asked each time.
/// </summary>
public sealed class TokenVerifier(IOptionsMonitor<OpenIddictServerOptions> options, ServerOptions server, AccessGate gate, TimeProvider time)
{
    private const int MostKept = 100_000, LongestToken = 16_384;
    private const string AccessTokenType = "at+jwt";
    private static readonly JsonWebTokenHandler s_handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };

    private KeyRules? _rules;
    private int _added;
    private readonly ConcurrentDictionary<UInt128, Verified> _kept = new();

    private sealed record KeyRules(OpenIddictServerOptions Of, TokenValidationParameters Rules);

    private sealed record Verified(ClaimsPrincipal Principal, string Caller, bool Application, int Generation, string? Token, string? Authorization, DateTimeOffset Ends);

    /// <summary>The caller of a token; null when the token is not good.</summary>
    public async ValueTask<ClaimsPrincipal?> VerifyAsync(string token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > LongestToken) return null;
        var key = HashOf(token);
        if (!_kept.TryGetValue(key, out var verified))
        {
            if (await JudgeAsync(token).ConfigureAwait(false) is not { } judged) return null;
            _kept[key] = verified = judged;

            // Counting what is kept would lock all of it.
            if (Interlocked.Increment(ref _added) >= MostKept) Forget();
        }

        if (verified.Ends > time.GetUtcNow()
            && await gate.AllowsAsync(verified.Caller, verified.Application, verified.Generation, verified.Token, verified.Authorization, cancellation).ConfigureAwait(false))
            return verified.Principal;
        _kept.TryRemove(key, out _);
        return null;
    }

    private async Task<Verified?> JudgeAsync(string token)
    {
        var judged = await s_handler.ValidateTokenAsync(token, Rules()).ConfigureAwait(false);
        return judged.IsValid && judged.SecurityToken is JsonWebToken sound ? Of(sound) : null;
    }

    /// <summary>The rules of the keys as they are now; a rotation brings other options and with them other rules.</summary>
    private TokenValidationParameters Rules()
    {
        var now = options.CurrentValue;
        if (_rules is { } known && ReferenceEquals(known.Of, now)) return known.Rules;
        var keys = now.SigningCredentials.ToDictionary(c => c.Key.KeyId, c => c.Key, StringComparer.Ordinal);
        var rules = new TokenValidationParameters
        {
            ValidIssuer = server.Url.ToString(),
            ValidAudience = ConnectOptions.Audience,
            ValidTypes = [AccessTokenType],
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.Zero,
            IssuerSigningKeyResolver = (_, _, id, _) => id is not null && keys.TryGetValue(id, out var key) ? [key] : [],
        };
        _rules = new(now, rules);
        return rules;
    }

    /// <summary>What a good token says; null when it lacks what every token of ours has.</summary>
    private static Verified? Of(JsonWebToken token)
    {
        if (!token.TryGetPayloadValue(CallerClaims.Id, out string? caller) || caller is not { Length: > 0 }
            || !token.TryGetPayloadValue(ConnectOptions.GenerationClaim, out string? text) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) return null;
        var identity = new ClaimsIdentity(token.Claims, "Bearer", OpenIddictConstants.Claims.Name, CallerClaims.Role);
        token.TryGetPayloadValue(OpenIddictConstants.Claims.Private.TokenId, out string? id);
        token.TryGetPayloadValue(OpenIddictConstants.Claims.Private.AuthorizationId, out string? authorization);
        return new(new(identity), caller, identity.HasClaim(CallerClaims.Kind, "application"), generation, id, authorization, new(token.ValidTo, TimeSpan.Zero));
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, verified) in _kept) if (verified.Ends <= now) _kept.TryRemove(key, out _);
        if (_kept.Count > MostKept / 2) _kept.Clear();
        Interlocked.Exchange(ref _added, _kept.Count);
    }

    private static UInt128 HashOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
