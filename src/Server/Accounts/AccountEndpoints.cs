using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Yunnao.Kernel;
using Yunnao.Server.Connect;
using Yunnao.Services.Web;
using Yunnao.Trust.Control;

namespace Yunnao.Server.Accounts;

/// <summary>
/// Accounts and applications. The system administrator makes them without a role; the security administrator gives roles. While there is no
/// security or audit administrator yet, the system administrator may make the first one.
/// </summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder api)
    {
        var accounts = api.MapGroup("/accounts").WithTags("accounts");
        accounts.MapGet("/", (AccountDesk desk, CancellationToken cancellation) => desk.ListAsync(cancellation)).Needs(Duty.SeeAccounts).WithSummary("All accounts");
        accounts.MapPost("/", CreateAsync).Needs(Duty.ManageAccounts).WithSummary("Makes an account; its password is in the answer and valid once");
        accounts.MapPut("/{name}/grant", async (string name, Grant grant, ClaimsPrincipal caller, AccountDesk desk, CancellationToken cancellation) =>
            Answers.Of(await desk.GrantAsync(name, grant, CallerId.Of(caller), cancellation).ConfigureAwait(false))).Needs(Duty.GrantRoles).WithSummary("Gives roles and organisations in place of those it had");
        accounts.MapPost("/{name}/disable", async (string name, ClaimsPrincipal caller, AccountDesk desk, CancellationToken cancellation) =>
            Answers.Of(await desk.EnableAsync(name, false, CallerId.Of(caller), cancellation).ConfigureAwait(false))).Needs(Duty.ManageAccounts).WithSummary("Ends all that the account may do");
        accounts.MapPost("/{name}/enable", async (string name, ClaimsPrincipal caller, AccountDesk desk, CancellationToken cancellation) =>
            Answers.Of(await desk.EnableAsync(name, true, CallerId.Of(caller), cancellation).ConfigureAwait(false))).Needs(Duty.ManageAccounts).WithSummary("Lets it sign in again, and unlocks it");
        accounts.MapPost("/{name}/password", async (string name, ClaimsPrincipal caller, AccountDesk desk, CancellationToken cancellation) =>
            (await desk.ResetAsync(name, CallerId.Of(caller), cancellation).ConfigureAwait(false)).Try(out var password, out var problem)
                ? (IResult)TypedResults.Ok(new { password }) : new ProblemAnswer(problem)).Needs(Duty.ManageAccounts).WithSummary("A new password that is valid once");

        var applications = api.MapGroup("/applications").WithTags("accounts");
        applications.MapGet("/", (ApplicationDesk desk, CancellationToken cancellation) => desk.ListAsync(cancellation)).Needs(Duty.SeeAccounts).WithSummary("All applications");
        applications.MapPost("/", CreateApplicationAsync).Needs(Duty.ManageAccounts).WithSummary("Makes an application without a role; its secret is in the answer and kept nowhere");
        applications.MapPut("/{id}/grant", async (string id, Grant grant, ClaimsPrincipal caller, ApplicationDesk desk, CancellationToken cancellation) =>
            Answers.Of(await desk.GrantAsync(id, grant, CallerId.Of(caller), cancellation).ConfigureAwait(false))).Needs(Duty.GrantRoles).WithSummary("Gives roles and organisations in place of those it had");
        applications.MapPost("/{id}/secret", async (string id, ClaimsPrincipal caller, ApplicationDesk desk, CancellationToken cancellation) =>
            (await desk.ResetAsync(id, CallerId.Of(caller), cancellation).ConfigureAwait(false)).Try(out var secret, out var problem)
                ? (IResult)TypedResults.Ok(new { secret }) : new ProblemAnswer(problem)).Needs(Duty.ManageAccounts).WithSummary("A new secret; the old one and all tokens are dead");
        applications.MapDelete("/{id}", async (string id, ClaimsPrincipal caller, ApplicationDesk desk, CancellationToken cancellation) =>
            Answers.Of(await desk.DeleteAsync(id, CallerId.Of(caller), cancellation).ConfigureAwait(false))).Needs(Duty.ManageAccounts).WithSummary("Removes an application; its tokens are dead");
    }

    private static async Task<Results<Ok<CreatedAccount>, ProblemAnswer>> CreateAsync(NewAccount wanted, ClaimsPrincipal caller, AccountDesk desk, ControlDb control, CancellationToken cancellation)
    {
        wanted = wanted with { Roles = wanted.Roles ?? [], Organisations = wanted.Organisations ?? [] };
        var first = wanted.Roles is [FirstAdministrator.Security or FirstAdministrator.Audit] && await FirstAdministrator.NobodyIsAsync(control, wanted.Roles[0], cancellation).ConfigureAwait(false);
        if ((wanted.Roles.Count > 0 || wanted.Organisations.Count > 0 || wanted.Subject is not null) && !first && !CallerId.IsLocal(caller)) return GivesNoRoles();
        var made = await desk.CreateAsync(wanted, CallerId.Of(caller), cancellation).ConfigureAwait(false);
        return made.Try(out var created, out var problem) ? TypedResults.Ok(new CreatedAccount(created.Account, created.Password)) : new ProblemAnswer(problem);
    }

    private static async Task<Results<Ok<CreatedApplication>, ProblemAnswer>> CreateApplicationAsync(NewApplication wanted, ClaimsPrincipal caller, ApplicationDesk desk, CancellationToken cancellation)
    {
        wanted = wanted with { Roles = wanted.Roles ?? [], Organisations = wanted.Organisations ?? [], RedirectUris = wanted.RedirectUris ?? [] };
        if ((wanted.Roles.Count > 0 || wanted.Organisations.Count > 0) && !CallerId.IsLocal(caller)) return GivesNoRoles();
        var made = await desk.CreateAsync(wanted, CallerId.Of(caller), cancellation).ConfigureAwait(false);
        return made.Try(out var created, out var problem) ? TypedResults.Ok(new CreatedApplication(created.Application, created.Secret)) : new ProblemAnswer(problem);
    }

    private static ProblemAnswer GivesNoRoles() =>
        new(new(ProblemKind.Forbidden, "rights.apart", "The system administrator gives no roles: make it without, and let the security administrator grant them (PUT …/grant)."));
}
