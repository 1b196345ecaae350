using System.Security.Claims;
using Yunnao.Trust.Callers;

namespace Yunnao.Server.Accounts;

/// <summary>An account as administrators see it.</summary>
/// <param name="State">active, disabled, locked (too many wrong passwords) or new (the first password was not changed yet).</param>
public sealed record AccountView(
    string Id, string Name, string DisplayName, IReadOnlyList<string> Roles, IReadOnlyList<string> Organisations, string State, bool SecondStep, DateTime Created, DateTime? LastSignIn)
{
    internal static AccountView Of(Account account, IEnumerable<Claim> claims, DateTimeOffset now)
    {
        var list = claims.ToList();
        var state = account.Disabled ? "disabled" : account.LockoutEnd > now ? "locked" : account.MustChangePassword ? "new" : "active";
        return new(
            account.Id, account.UserName!, account.DisplayName, [.. list.Where(c => c.Type == CallerClaims.Role).Select(c => c.Value)],
            [.. list.Where(c => c.Type == CallerClaims.Organisation).Select(c => c.Value)], state, account.TwoFactorEnabled, account.Created, account.LastSignIn);
    }
}
