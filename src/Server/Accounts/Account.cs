using Microsoft.AspNetCore.Identity;

namespace Yunnao.Server.Accounts;

/// <summary>A person who may sign in. Roles, organisations and the own subject are claims of the account.</summary>
public sealed class Account : IdentityUser
{
    /// <summary>Name as it is shown.</summary>
    public string DisplayName { get; set; } = "";

    /// <summary>The password was given by somebody else and must be changed at the next sign-in.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>When its owner chose the password, UTC; null before that, and where an earlier version did not keep it.</summary>
    public DateTime? PasswordChanged { get; set; }

    /// <summary>Kept for the ledgers that name it; cannot sign in.</summary>
    public bool Disabled { get; set; }

    /// <summary>Raised whenever tokens that are out must die: a token carries the generation that it was made in.</summary>
    public int Generation { get; set; }

    /// <summary>UTC.</summary>
    public DateTime Created { get; set; }

    /// <summary>UTC.</summary>
    public DateTime? LastSignIn { get; set; }
}
