using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yunnao.Kernel;
using Yunnao.Server.Accounts;
using Yunnao.Services.Web;
using Yunnao.Trust.Audit;

namespace Yunnao.Server.Hosting;

/// <summary>
/// Administrators work from certain addresses only, by token and by session, so that a token that was carried off is worth nothing elsewhere. Whoever comes by
/// the socket in the data folder is on this machine.
/// </summary>
internal static class AdministratorDoor
{
    /// <summary>After it is known who calls.</summary>
    public static void UseAdministratorDoor(this WebApplication app)
    {
        var (rules, audit) = (app.Services.GetRequiredService<SignInRules>(), app.Services.GetRequiredService<AuditLog>());
        app.Use(async (http, next) =>
        {
            if (!SignInRules.IsAdministrator(http.User.Claims) || CallerId.IsLocal(http.User) || rules.MayAdministerFrom(http.Connection.RemoteIpAddress))
            {
                await next(http).ConfigureAwait(false);
                return;
            }

            var problem = new Problem(ProblemKind.Forbidden, "rights.address", "Administrators work from certain addresses only, and this is none of them.");
            var who = http.User.FindFirst("sub")?.Value ?? http.User.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)?.Value ?? "unknown";
            await audit.AppendAsync(new(AuditKind.Refusal, who) { Outcome = problem.Code, Details = new Dictionary<string, string> { ["from"] = $"{http.Connection.RemoteIpAddress}" } }, CancellationToken.None).ConfigureAwait(false);
            await new ProblemAnswer(problem).ExecuteAsync(http).ConfigureAwait(false);
        });
    }
}
