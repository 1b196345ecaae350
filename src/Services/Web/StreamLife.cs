using System.Security.Claims;
using Yunnao.Trust.Revocation;

namespace Yunnao.Services.Web;

/// <summary>How long a stream that needs no Scope goes on: until its caller's rights are taken back.</summary>
public sealed class StreamLife(Revocations revocations)
{
    public CancellationToken Of(ClaimsPrincipal caller) => CallerId.IsLocal(caller) ? CancellationToken.None : revocations.Watch(CallerId.Of(caller));
}
