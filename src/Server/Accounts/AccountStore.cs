using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace Yunnao.Server.Accounts;

/// <summary>The store of accounts; what an account keeps as tokens, such as the secret of its second step, is encrypted in the database.</summary>
public sealed class AccountStore(AccountsDb db, IDataProtectionProvider protection) : UserOnlyStore<Account, AccountsDb>(db)
{
    private readonly IDataProtector _secrets = protection.CreateProtector("Yunnao.Accounts.Secrets");

    /// <inheritdoc/>
    public override Task SetTokenAsync(Account user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : _secrets.Protect(value), cancellationToken);

    /// <inheritdoc/>
    public override async Task<string?> GetTokenAsync(Account user, string loginProvider, string name, CancellationToken cancellationToken) =>
        await base.GetTokenAsync(user, loginProvider, name, cancellationToken).ConfigureAwait(false) is { } kept ? _secrets.Unprotect(kept) : null;
}
