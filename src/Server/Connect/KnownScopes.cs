using System.Collections.Immutable;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Yunnao.Services.Fhir;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yunnao.Server.Connect;

/// <summary>Refuses scopes that mean nothing here: those that are registered are known, and those of SMART.</summary>
internal static class KnownScopes
{
    public static OpenIddictServerHandlerDescriptor OfCode { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateAuthorizationRequestContext>()
        .UseInlineHandler(context => Check(context, context.Options, context.Request.GetScopes())).SetOrder(int.MaxValue - 100).Build();

    public static OpenIddictServerHandlerDescriptor OfToken { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenRequestContext>()
        .UseInlineHandler(context => Check(context, context.Options, context.Request.GetScopes())).SetOrder(int.MaxValue - 100).Build();

    private static ValueTask Check(BaseValidatingContext context, OpenIddictServerOptions options, ImmutableArray<string> scopes)
    {
        if (scopes.FirstOrDefault(s => !options.Scopes.Contains(s) && !SmartScope.IsOne(s)) is { } stranger)
            context.Reject(Errors.InvalidScope, $"There is no scope {(stranger.Length > 60 ? "of this name" : stranger)}.");
        return default;
    }
}
