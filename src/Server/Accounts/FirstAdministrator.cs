using Yunnao.Kernel;
using Yunnao.Trust.Callers;
using Yunnao.Trust.Control;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Who is there when nobody is: the first start makes one system administrator with a password that is printed once. That account makes the
/// other two administrators, and from then on only the security administrator gives roles.
/// </summary>
internal static class FirstAdministrator
{
    public const string Name = "admin", System = "system_administrator", Security = "security_administrator", Audit = "audit_administrator";

    /// <summary>The first administrator's password when it was made just now, else null.</summary>
    public static async Task<Result<string?>> EnsureAsync(ControlDb control, Func<AccountDesk> accounts, CancellationToken cancellation)
    {
        if (!await NobodyIsAsync(control, System, cancellation).ConfigureAwait(false)) return (string?)null;
        var made = await accounts().CreateAsync(new(Name, null, [System], []), "local:first-start", cancellation).ConfigureAwait(false);
        return made.Try(out var created, out var problem) ? created.Password : problem;
    }

    /// <summary>True while nobody holds a role.</summary>
    public static async Task<bool> NobodyIsAsync(ControlDb control, string role, CancellationToken cancellation)
    {
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await connection.NumberAsync(
                """SELECT count(*) FROM account_claim WHERE "ClaimType" = @type AND "ClaimValue" = @role""", cancellation, ("type", CallerClaims.Role), ("role", role)).ConfigureAwait(false) == 0;
        }
    }
}
