using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Yunnao.Kernel;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Accounts;

/// <summary>What somebody has to finish before a sign-in counts, and from where administrators may sign in and work.</summary>
internal sealed class SignInRules(ServerOptions options, TimeProvider time)
{
    private const string AdministratorRole = "_administrator";

    private readonly IReadOnlyList<IPNetwork> _administrators = [.. options.AdministratorAddresses.Select(a => NetworkText.Parse(a) ?? throw new ArgumentException("An address of administrators is none."))];

    /// <summary>The page of what is unfinished, or null. Passwords age; administrators need a second step (GB/T 22239-2019, 8.1.4.1 a, d).</summary>
    public async Task<string?> UnfinishedAsync(UserManager<Account> users, Account account, ClaimsPrincipal session)
    {
        if (account.MustChangePassword || (IsOld(account) && !await IsVouchedForAsync(users, account).ConfigureAwait(false))) return "/account/password";
        return !account.TwoFactorEnabled && IsAdministrator(session.Claims) ? "/account/second-step/set-up" : null;
    }

    /// <summary>True when the own password has its age, and must be changed.</summary>
    public bool IsOld(Account account) =>
        options.PasswordDays > 0 && time.GetUtcNow().UtcDateTime - (account.PasswordChanged ?? account.Created) >= TimeSpan.FromDays(options.PasswordDays);

    /// <summary>True where administrators may work from (GB/T 22239-2019, 8.1.4.4 c).</summary>
    public bool MayAdministerFrom(IPAddress? address) =>
        _administrators.Count == 0 || (address is not null && _administrators.Any(n => n.Holds(address)));

    /// <summary>True of one of the three administrators.</summary>
    public static bool IsAdministrator(IEnumerable<Claim> claims) => claims.Any(c => c.Type == CallerClaims.Role && c.Value.EndsWith(AdministratorRole, StringComparison.Ordinal));

    /// <summary>Who signs in at a provider has no password here that could age.</summary>
    private static async Task<bool> IsVouchedForAsync(UserManager<Account> users, Account account) => (await users.GetLoginsAsync(account).ConfigureAwait(false)).Count > 0;
}
