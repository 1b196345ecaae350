using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Yunnao.Trust.Revocation;

namespace Yunnao.Services.Web;

/// <summary>How long a stream that needs no Scope goes on: until its caller's rights are taken back.</summary>
public sealed class StreamLife(Revocations revocations)
{
    public CancellationToken Of(ClaimsPrincipal caller) => CallerId.IsLocal(caller) ? CancellationToken.None : revocations.Watch(CallerId.Of(caller));

    /// <summary>Ends the request when its caller's rights are taken back: no further byte is given then.</summary>
    public void Bind(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var either = CancellationTokenSource.CreateLinkedTokenSource(Of(http.User), http.RequestAborted);
        http.Response.RegisterForDispose(either);
        http.RequestAborted = either.Token;
    }
}
