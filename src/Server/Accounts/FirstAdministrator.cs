using Yunnao.Kernel;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Who is there when nobody is: the first start makes one system administrator with a password that is printed once. That account makes the
/// other two administrators, and from then on only the security administrator gives roles.
/// </summary>
public sealed class FirstAdministrator(AccountDesk accounts)
{
    public const string Name = "admin", System = "system_administrator", Security = "security_administrator", Audit = "audit_administrator";

    /// <summary>The first administrator's password when it was made just now, else null.</summary>
    public async Task<Result<string?>> EnsureAsync(CancellationToken cancellation)
    {
        if (!await accounts.NobodyIsAsync(System, cancellation).ConfigureAwait(false)) return (string?)null;
        var made = await accounts.CreateAsync(new(Name, null, [System], []), "local:first-start", cancellation).ConfigureAwait(false);
        return made.Try(out var created, out var problem) ? created.Password : problem;
    }
}
