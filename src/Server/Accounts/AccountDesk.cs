using System.Buffers;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Yunnao.Kernel;
using Yunnao.Trust.Audit;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Revocation;

namespace Yunnao.Server.Accounts;

/// <summary>
/// What administrators do with accounts. Every change is an event of the audit. What an account may no longer do ends at once: its tokens
/// die and its running answers stop.
/// </summary>
public sealed class AccountDesk(
    UserManager<Account> users, AccountsDb db, RoleRules rules, Revocations revocations, AuditLog audit,
    IOpenIddictTokenManager tokens, IOpenIddictAuthorizationManager authorizations, TimeProvider time)
{
    // Without letters and digits that look alike.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz", Capitals = "ABCDEFGHJKMNPQRSTUVWXYZ", Digits = "23456789";
    private const int PasswordLength = 16;
    private static readonly SearchValues<char> s_letters = SearchValues.Create(Letters), s_capitals = SearchValues.Create(Capitals), s_digits = SearchValues.Create(Digits);

    /// <summary>All accounts by name.</summary>
    public async Task<IReadOnlyList<AccountView>> ListAsync(CancellationToken cancellation)
    {
        var accounts = await db.Users.AsNoTracking().OrderBy(a => a.UserName).ToListAsync(cancellation).ConfigureAwait(false);
        var claims = (await db.UserClaims.AsNoTracking().ToListAsync(cancellation).ConfigureAwait(false)).ToLookup(c => c.UserId);
        return [.. accounts.Select(a => AccountView.Of(a, claims[a.Id].Select(c => c.ToClaim()), time.GetUtcNow()))];
    }

    /// <summary>Makes an account with a password that is valid once. Problems: <c>account.name</c>, <c>caller.role</c>, <c>caller.roles-apart</c>.</summary>
    /// <returns>The account and its password, which is kept nowhere.</returns>
    public async Task<Result<(AccountView Account, string Password)>> CreateAsync(NewAccount wanted, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (rules.Check(wanted.Roles) is { } refused) return refused;
        var account = new Account { UserName = wanted.Name, DisplayName = wanted.DisplayName ?? wanted.Name, MustChangePassword = true, Created = time.GetUtcNow().UtcDateTime, LockoutEnabled = true };
        var password = OneTimePassword();
        var made = await users.CreateAsync(account, password).ConfigureAwait(false);
        if (!made.Succeeded) return new Problem(ProblemKind.Incorrect, "account.name", $"The account cannot be made: {string.Join(", ", made.Errors.Select(e => e.Code))}.", new(Path: "name"));
        var claims = Claims(wanted.Roles, wanted.Organisations, wanted.Subject);
        await users.AddClaimsAsync(account, claims).ConfigureAwait(false);
        await TellAsync(AuditKind.AccountChanged, by, account, "created", string.Join(' ', wanted.Roles), cancellation).ConfigureAwait(false);
        return (AccountView.Of(account, claims, time.GetUtcNow()), password);
    }

    /// <summary>Gives an account these roles, organisations and this subject in place of those it had. Problems: <c>account.unknown</c>, <c>caller.*</c>.</summary>
    public async Task<Result<AccountView>> GrantAsync(string name, Grant grant, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (rules.Check(grant.Roles) is { } refused) return refused;
        if (!(await FindAsync(name).ConfigureAwait(false)).Try(out var account, out var problem)) return problem;
        var claims = Claims(grant.Roles, grant.Organisations, grant.Subject);
        await users.RemoveClaimsAsync(account, await users.GetClaimsAsync(account).ConfigureAwait(false)).ConfigureAwait(false);
        await users.AddClaimsAsync(account, claims).ConfigureAwait(false);
        await EndAccessAsync(account, refreshToo: false, cancellation).ConfigureAwait(false);
        await TellAsync(AuditKind.RightsChanged, by, account, "granted", string.Join(' ', grant.Roles), cancellation).ConfigureAwait(false);
        return AccountView.Of(account, claims, time.GetUtcNow());
    }

    /// <summary>Lets an account sign in, or not. Problem: <c>account.unknown</c>.</summary>
    public async Task<Problem?> EnableAsync(string name, bool enabled, string by, CancellationToken cancellation)
    {
        if (!(await FindAsync(name).ConfigureAwait(false)).Try(out var account, out var problem)) return problem;
        account.Disabled = !enabled;
        if (enabled) await users.SetLockoutEndDateAsync(account, null).ConfigureAwait(false);
        await users.ResetAccessFailedCountAsync(account).ConfigureAwait(false);
        await EndAccessAsync(account, refreshToo: true, cancellation).ConfigureAwait(false);
        await TellAsync(AuditKind.AccountChanged, by, account, enabled ? "enabled" : "disabled", null, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>A new password that is valid once; the second step is asked anew. Problem: <c>account.unknown</c>.</summary>
    public async Task<Result<string>> ResetAsync(string name, string by, CancellationToken cancellation)
    {
        if (!(await FindAsync(name).ConfigureAwait(false)).Try(out var account, out var problem)) return problem;
        var password = OneTimePassword();
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password);
        account.MustChangePassword = true;
        account.LockoutEnd = null;
        account.AccessFailedCount = 0;
        account.TwoFactorEnabled = false;
        await EndAccessAsync(account, refreshToo: true, cancellation).ConfigureAwait(false);
        await TellAsync(AuditKind.AccountChanged, by, account, "password reset", null, cancellation).ConfigureAwait(false);
        return password;
    }

    /// <summary>After an account has changed its own password or second step: whoever else is signed in with it is not any more.</summary>
    public Task EndOthersAsync(Account account, CancellationToken cancellation) => EndAccessAsync(account, refreshToo: true, cancellation);

    /// <summary>The account of a name. Problem: <c>account.unknown</c>.</summary>
    public async Task<Result<Account>> FindAsync(string name) =>
        await users.FindByNameAsync(name).ConfigureAwait(false) is { } account ? account : new Problem(ProblemKind.NotFound, "account.unknown", "There is no account of this name.");

    private async Task EndAccessAsync(Account account, bool refreshToo, CancellationToken cancellation)
    {
        account.Generation++;
        if (refreshToo) await users.UpdateSecurityStampAsync(account).ConfigureAwait(false);
        else await users.UpdateAsync(account).ConfigureAwait(false);
        if (refreshToo)
        {
            await authorizations.RevokeBySubjectAsync(account.Id, cancellation).ConfigureAwait(false);
            await tokens.RevokeBySubjectAsync(account.Id, cancellation).ConfigureAwait(false);
        }
        else
            await tokens.RevokeAsync(account.Id, null, null, OpenIddictConstants.TokenTypeHints.AccessToken, cancellation).ConfigureAwait(false);
        await revocations.RevokeAsync(account.Id, cancellation).ConfigureAwait(false);
    }

    private Task TellAsync(AuditKind kind, string by, Account account, string change, string? roles, CancellationToken cancellation)
    {
        var details = new Dictionary<string, string> { ["change"] = change };
        if (roles is not null) details["roles"] = roles;
        return audit.AppendAsync(new(kind, by) { What = $"account {account.UserName}", Details = details }, cancellation);
    }

    private static List<Claim> Claims(IEnumerable<string> roles, IEnumerable<string> organisations, ulong? subject) =>
    [
        .. roles.Distinct(StringComparer.Ordinal).Select(r => new Claim(CallerClaims.Role, r)),
        .. organisations.Distinct(StringComparer.Ordinal).Select(o => new Claim(CallerClaims.Organisation, o)),
        .. subject is { } person ? [new Claim(CallerClaims.Subject, person.ToString(System.Globalization.CultureInfo.InvariantCulture))] : Array.Empty<Claim>(),
    ];

    private static string OneTimePassword()
    {
        var all = Letters + Capitals + Digits;
        Span<char> password = stackalloc char[PasswordLength];
        do RandomNumberGenerator.GetItems(all, password);
        while (!password.ContainsAny(s_letters) || !password.ContainsAny(s_capitals) || !password.ContainsAny(s_digits));
        return new(password);
    }
}
