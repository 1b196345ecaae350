using Microsoft.AspNetCore.Identity;

namespace Yunnao.Server.Accounts;

/// <summary>Refuses a password that holds the account's own name.</summary>
internal sealed class OwnNameInPassword : IPasswordValidator<Account>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) => Task.FromResult(
        user.UserName is { Length: >= 3 } name && password?.Contains(name, StringComparison.OrdinalIgnoreCase) == true
            ? IdentityResult.Failed(new IdentityError { Code = "PasswordHoldsName", Description = "" })
            : IdentityResult.Success);
}
