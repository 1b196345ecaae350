namespace Yunnao.Server.Accounts;

/// <summary>A new account and the password that it signs in with once.</summary>
public sealed record CreatedAccount(AccountView Account, string Password);
