using System.Collections.Concurrent;
using System.Security.Claims;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yunnao.Server.Connect;

/// <summary>
/// A signed request for a token is good once and for five minutes: whoever reads one in a log or on a wire can do nothing with it. SMART App Launch 2.2,
/// 5.1.3 (the jti was not encountered before within the longest life) and 5.1.2 (no more than five minutes). Remembered by this process, the only one of a data folder.
/// </summary>
internal sealed class SeenAssertions(TimeProvider time) : IOpenIddictServerHandler<ValidateTokenContext>
{
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMinutes(5), s_clocks = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Issuer, string Id), DateTimeOffset> _seen = new();
    private DateTimeOffset _swept = DateTimeOffset.MinValue;

    /// <summary>Stands after all that proves the assertion.</summary>
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
        .UseSingletonHandler<SeenAssertions>().SetOrder(int.MaxValue - 100_000).Build();

    /// <inheritdoc/>
    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (SignedClients.IsFor(context) && context.Principal is { } assertion && Fault(assertion) is { } fault)
            context.Reject(OpenIddictConstants.Errors.InvalidClient, fault);
        return default;
    }

    private string? Fault(ClaimsPrincipal assertion)
    {
        var (now, ends) = (time.GetUtcNow(), assertion.GetExpirationDate());
        if (assertion.GetClaim(OpenIddictConstants.Claims.JwtId) is not { Length: > 0 } id) return "The assertion has no jti.";
        if (ends is null || ends > now + s_longestLife + s_clocks) return "The assertion is good for more than five minutes.";
        if (now - _swept > s_clocks)
        {
            _swept = now;
            foreach (var (key, end) in _seen)
                if (end + s_clocks + s_longestLife < now) _seen.TryRemove(key, out _);
        }

        return _seen.TryAdd((assertion.GetClaim(OpenIddictConstants.Claims.Issuer) ?? "", id), ends.Value) ? null : "The assertion was used before.";
    }
}
