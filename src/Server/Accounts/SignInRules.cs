using System.Security.Claims;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Accounts;

/// <summary>What somebody has to finish before a sign-in counts.</summary>
internal static class SignInRules
{
    /// <summary>The page of what is unfinished, or null. Administrators need a second step (GB/T 22239-2019, 8.1.4.1 d).</summary>
    public static string? Unfinished(Account account, ClaimsPrincipal session)
    {
        if (account.MustChangePassword) return "/account/password";
        return !account.TwoFactorEnabled && session.FindAll(CallerClaims.Role).Any(r => r.Value.EndsWith("_administrator", StringComparison.Ordinal)) ? "/account/second-step/set-up" : null;
    }
}
