using System.Security.Claims;

namespace Yunnao.Services.Web;

/// <summary>Who calls, for ledgers and logs.</summary>
public static class CallerId
{
    /// <summary>Claim of whoever came in by the socket in the data folder, and so is who may read the folder anyway.</summary>
    public const string LocalClaim = "yn_local";

    /// <summary>The id of the account or application; <c>local:</c> and the user's name for the local administrator.</summary>
    public static string Of(ClaimsPrincipal caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.FindFirst("sub")?.Value ?? throw new InvalidOperationException("An endpoint let somebody in who is not signed in.");
    }

    /// <summary>True of the local administrator.</summary>
    public static bool IsLocal(ClaimsPrincipal caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.HasClaim(c => c.Type == LocalClaim);
    }
}
