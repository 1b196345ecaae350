using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Yunnao.Server.Connect;

/// <summary>
/// Who answers requests in place of endpoints: the provider of tokens at its own addresses, and where people come back to from another provider. No address of the interfaces is one
/// of those, so they are not compared with them; it was a quarter of what a small answer allocated.
/// </summary>
internal sealed class SignInDoors(IOptions<AuthenticationOptions> options, IHttpContextAccessor http) : AuthenticationSchemeProvider(options)
{
    private static readonly Task<IEnumerable<AuthenticationScheme>> s_none = Task.FromResult<IEnumerable<AuthenticationScheme>>([]);

    /// <inheritdoc/>
    public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() =>
        http.HttpContext?.Request.Path is { } path && (path.StartsWithSegments("/api") || path.StartsWithSegments("/fhir")) ? s_none : base.GetRequestHandlerSchemesAsync();
}
