using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var endpoint = Context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<Duty>() is { } duty) await Refuse(new(ProblemKind.Forbidden, "rights.duty", $"None of your roles may do this ({duty.Id}).")).ConfigureAwait(false);
        else if (endpoint is null) await Refuse(new(ProblemKind.NotFound, "server.no-address", "There is nothing at this address.")).ConfigureAwait(false);
        else if (endpoint is RouteEndpoint) await Refuse(new(ProblemKind.Forbidden, "rights.duty", "This is for nobody.")).ConfigureAwait(false);
        else
        {
            // Routing found the address, and not the method or the form of the body: its own endpoint says which, and sets the header Allow.
            await endpoint.RequestDelegate!(Context).ConfigureAwait(false);
            await (Response.StatusCode == StatusCodes.Status415UnsupportedMediaType
                ? Refuse(new(ProblemKind.Unsupported, "server.content-type", "The body is of a form that is not taken here.", new(Path: "Content-Type")), Response.StatusCode)
                : Refuse(new(ProblemKind.Unsupported, "server.method", $"The methods of this address are {Response.Headers.Allow}."), Response.StatusCode)).ConfigureAwait(false);
        }
    }

    private Task Refuse(Problem problem, int? status = null) => new ProblemAnswer(problem) { Status = status ?? problem.Kind.HttpStatus() }.ExecuteAsync(Context);
}
