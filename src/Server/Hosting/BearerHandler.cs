using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yunnao.Kernel;
using Yunnao.Server.Connect;
using Yunnao.Server.Local;
using Yunnao.Services.Web;

namespace Yunnao.Server.Hosting;

/// <summary>
/// Who calls an interface: the holder of a bearer token (RFC 6750, in the header only), or whoever came by the socket in the data folder. Cookies
/// are not looked at, so no page of another site can call an interface in somebody's name.
/// </summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenVerifier tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Bearer";

    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (LocalSocket.IsLocal(Context)) return AuthenticateResult.Success(new(LocalSocket.Administrator, Name));
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        return await tokens.VerifyAsync(value[Prefix.Length..].Trim(), Context.RequestAborted).ConfigureAwait(false) is { } caller
            ? AuthenticateResult.Success(new(caller, Name))
            : AuthenticateResult.Fail("invalid_token");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var wrong = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = wrong ? "Bearer error=\"invalid_token\"" : "Bearer";
        return new UnauthenticatedAnswer(wrong).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => new ProblemAnswer(new(
        ProblemKind.Forbidden, "rights.duty", $"None of your roles may do this ({Context.GetEndpoint()?.Metadata.GetMetadata<Duty>()?.Id}).")).ExecuteAsync(Context);
}
